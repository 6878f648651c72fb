# The front door. The build itself is CMake's: see CMakePresets.json and CMakeLists.txt.

PRESETS := release debug asan tsan gcc pgo stress
PREFIX ?= /usr/local
FUZZ_SECONDS ?= 60
BENCH_RUNS ?= 5
EXAMPLE ?= examples/tour.lua

all: release

# Configure once (CMake watches its own files afterwards), then build.
$(PRESETS):
	@test -f build/$@/build.ninja || cmake --preset $@
	@cmake --build --preset $@

packages:
	@tools/install_packages.sh build

test-packages:
	@tools/install_packages.sh build test

run: packages
	@$(MAKE) --no-print-directory release
	@./build/release/rille $(EXAMPLE)

test: test-packages
	@tools/run_tests.sh release asan gcc

# One mode's tests alone: make test-debug, make test-stress, ...
test-%: test-packages
	@tools/run_tests.sh $*

# The whole suite with a collection at every safe point and the verifier behind each, in both modes of the collector. Takes
# half an hour and more on two cores; large tests take smaller sizes (RILLE_SMALL_TESTS).
torture: test-packages stress
	@RILLE_SMALL_TESTS=1 RILLE_STRESS_MODE=incremental ctest --preset stress -j 2
	@RILLE_SMALL_TESTS=1 RILLE_STRESS_MODE=generational ctest --preset stress -j 2

# The tables and the chart also go to build/release/bench/. Quickly: make bench BENCH_RUNS=3 BENCH_OPTIONS="--best --scale 0.1"
bench: packages
	@tools/install_packages.sh bench
	@$(MAKE) --no-print-directory release
	@cmake --build build/release --target bench_measure
	@build/release/rille bench/run.lua --runs $(BENCH_RUNS) $(BENCH_OPTIONS) --markdown build/release/bench/results.md \
	  --chart build/release/bench/results.svg lua5.4 build/release/rille "luajit -joff" luajit

# Allocators: ours against glibc's and whatever else is installed.
bench-alloc: packages
	@tools/install_packages.sh bench-alloc
	@$(MAKE) --no-print-directory release
	@cmake --build build/release --target bench_alloc
	@build/release/rille bench/alloc/run.lua --runs $(BENCH_RUNS) --chart build/release/bench/alloc/allocators.svg

# Messages, speed-up and memory of isolates, beside threads of lua-cqueues.
bench-isolates: packages
	@tools/install_packages.sh test
	@$(MAKE) --no-print-directory release
	@bench/isolates/run.sh build/release/rille

fuzz: packages
	@test -f build/fuzz/build.ninja || cmake --preset fuzz
	@cmake --build --preset fuzz
	@tools/run_fuzzers.sh $(FUZZ_SECONDS)

format:
	@tools/format.sh

format-check:
	@tools/install_packages.sh format
	@tools/format.sh --check

lint: packages
	@tools/install_packages.sh lint
	@test -f build/debug/build.ninja || cmake --preset debug
	@tools/lint.sh

# DESTDIR is respected.
# Debian packages, in build/deb.
deb: packages
	@tools/install_packages.sh deb
	@$(MAKE) --no-print-directory release
	@packaging/build.sh build/release build/deb

install: release
	@cmake --install build/release --prefix $(PREFIX)

# build/release/amalgamation/rille.c: the whole library in one file, and its headers.
amalgamation: release
	@cmake --build build/release --target amalgamation

clean:
	@rm -rf build

.PHONY: all $(PRESETS) packages test-packages run test torture bench bench-alloc bench-isolates fuzz format format-check lint install amalgamation clean
