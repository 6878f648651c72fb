package = "popcount"
version = "2.1-3"
source = {url = "file://SOURCES/popcount-2.1.tar.gz", dir = "popcount"}
description = {summary = "Counts bits", detailed = "A rock with a C module.", license = "MIT"}
dependencies = {"lua >= 5.4", "hilbert >= 1.0"}
build = {type = "builtin", modules = {popcount = "popcount.lua", ["popcount.core"] = {"popcount.c"}}}
