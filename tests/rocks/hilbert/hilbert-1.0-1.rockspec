rockspec_format = "3.0"
package = "hilbert"
version = "1.0-1"
source = {url = "file://SOURCES/hilbert-1.0.tar.gz", dir = "hilbert"}
description = {summary = "Points of Hilbert's curve", detailed = "A rock of Lua alone.", license = "MIT"}
dependencies = {"lua >= 5.3, < 5.5"}
build = {type = "builtin", modules = {hilbert = "hilbert.lua"}, install = {bin = {walk = "walk.lua"}}}
