# make demo and make test do everything from a bare clone on Debian 12 with Swift 6.3.

SHELL := /bin/bash

.PHONY: setup api-test screenshots servers cluster build release static install uninstall deb deb-test test check format fuzz simulate kills online-kills kill-sweep daemon-kills demo bench bench-online http-bench daemon-bench clean help

help: ## say what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## install the Debian packages that are missing
	@scripts/setup.sh

build: setup ## build plumb for development
	swift build

servers: ## fetch MariaDB 11.8 and MySQL 9, for the tests (as root)
	@scripts/servers.sh

cluster: setup ## start a Galera cluster of three MariaDB nodes on loopback, and say how to reach and end it
	@scripts/cluster.sh start

release: setup ## build plumb for use: .build/release/plumb
	swift build -c release --product plumb

# Where `make install` and `make uninstall` put what they put; DESTDIR is what packagers set.
PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
DESTDIR ?=
# A program that needs no Swift where it runs. Flags of its own, so a folder of its own.
STATIC := .build-static/release/plumb
PROGRAM ?= $(STATIC)

static: setup ## build plumb with Swift's libraries inside: .build-static/release/plumb
	swift build -c release --product plumb --static-swift-stdlib --scratch-path .build-static

$(STATIC):
	$(MAKE) static

install: $(PROGRAM) ## install program, man pages, completions, unit, documents: DESTDIR=, PREFIX=/usr/local
	DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) SYSCONFDIR=$(SYSCONFDIR) \
	    scripts/install.sh install $(PROGRAM)

uninstall: ## take away what make install put there, with the same DESTDIR and PREFIX
	DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) SYSCONFDIR=$(SYSCONFDIR) scripts/install.sh uninstall

deb: static ## make the Debian package: .build-package/plumb_….deb
	scripts/deb.sh $(STATIC) .build-package

deb-test: deb ## install the package into a Debian 12 of its own, and run it there (as root)
	scripts/deb-test.sh .build-package/plumb_*.deb

test: setup ## run every test, against real servers in temporary folders; then list the attacks tried
	swift build --build-tests
	set -o pipefail; swift test --skip-build 2>&1 | tee .build/test.log
	@scripts/attacks.sh .build/test.log

api-test: setup ## ask a running daemon all that docs/openapi.json says, and more, by schemathesis from PyPI: EXAMPLES=n
	swift build --product plumb
	scripts/api-test.sh

screenshots: setup ## pictures of the console with 24 and with 10,000 shards: docs/images
	swift build --build-tests
	mkdir -p docs/images
	PLUMB_SCREENSHOTS=$(CURDIR)/docs/images swift test --skip-build \
	    --filter 'ConsoleStoryTests.story|ConsoleFleetTests.tenThousand'

check: setup ## format, structure and documents
	swift format lint --strict --recursive Sources Tests Package.swift
	swift build --build-tests
	swift test --skip-build --filter TidyTests

format: ## rewrite the sources in the house format
	swift format format --in-place --recursive Sources Tests Package.swift

fuzz: setup ## the property tests with ever new seeds; MINUTES=60 for an hour, FUZZ=n seeds as many
	swift build --build-tests
	scripts/fuzz.sh $(MINUTES)

simulate: setup ## the reconciler in simulated fleets: SEEDS=n of them from FROM on, or SEED=4711 again
	swift build -c release --product plumb-simulate
	SWIFT_DETERMINISTIC_HASHING=1 .build/release/plumb-simulate \
	    $(if $(SEED),--seed $(SEED) --tell,--from $(or $(FROM),1) --seeds $(or $(SEEDS),1000))

kills: setup ## kill -9 in the middle of rollouts over 50 shards; KILLS=n times
	swift build -c release --product plumb
	PLUMB=$(CURDIR)/.build/release/plumb scripts/kills.sh $(or $(KILLS),1000)

online-kills: setup ## kill -9 of plumb, or KILL of one of its sessions, in online copies under writers; KILLS=n times
	swift build -c release --product plumb
	PLUMB=$(CURDIR)/.build/release/plumb scripts/online-kills.py $(or $(KILLS),200)

kill-sweep: setup ## kill -9 at each commit and each statement of a story: the program on a real server, and the simulation
	swift build --build-tests
	PLUMB_KILL_SWEEP=1 swift test --skip-build --filter FaultPointTests.killedAtAnyEffect
	SWIFT_DETERMINISTIC_HASHING=1 .build/debug/plumb-simulate --sweep

daemon-kills: setup ## kill -9 of any of three daemons over 100 shards; KILLS=n times, LEDGER=git for one in a repository
	swift build -c release --product plumb
	PLUMB=$(CURDIR)/.build/release/plumb scripts/daemon-kills.sh $(or $(KILLS),1000)

demo: setup ## three private servers, 24 shards, and the whole story
	swift build --product plumb
	scripts/demo.sh

bench: setup ## figures and ratios against a floor and a peer
	bench/run.sh

bench-online: setup ## a table copied beside its writers, against the server's own ALTER and a peer; BENCH_ONLINE=n thousand rows
	BENCH_ONLY=binlog,online,cutovers bench/run.sh

http-bench: setup ## requests a second and passes of a daemon with SHARDS=n shards, 10,000 without it
	swift build -c release --product plumb
	PLUMB=$(CURDIR)/.build/release/plumb bench/http.sh $(or $(SHARDS),10000)

daemon-bench: setup ## one rollout by 1, 2 and 4 daemons on servers that answer slowly; SHARDS=n of them
	swift build -c release --product plumb
	PLUMB=$(CURDIR)/.build/release/plumb bench/daemons.sh $(or $(SHARDS),1000)

clean: ## remove what was built
	rm -rf .build .build-release .build-static .build-package
