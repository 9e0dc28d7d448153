# make demo   build, load demonstration data, serve http://127.0.0.1:8080   (SIZE=small|national|10x|…  SEED=1)
# make test   every test of the project
# make check  format, lint and licences
# make bench  the benchmarks
# make router a router of Apollo Federation: http://127.0.0.1:4000/graphql, before the hub that `make demo` started
# make test-router   the tests through that router

SIZE ?= small
SEED ?= 1

WEB_SOURCES := $(shell find web schema/operations -type f -not -path '*/node_modules/*' -not -path 'web/dist/*' 2>/dev/null)
WEB := $(if $(wildcard web/package.json),web/dist/graphiql/index.html)
CONFORMANCE := $(if $(wildcard tests/conformance/package.json),tests/conformance/node_modules/.package-lock.json)

HIVE_ROUTER ?= target/router/bin/hive_router
# The key by which the router gets the graph from the hub; made once.
RACCORDO_ROUTER_KEY_FILE ?= .raccordo/router-key

.PHONY: demo router test test-router check tidy bench web conformance
.DEFAULT_GOAL := demo

demo:
	@tools/ensure rust node postgresql
	@$(MAKE) --no-print-directory web $(RACCORDO_ROUTER_KEY_FILE)
	cargo build --release --locked
	RACCORDO_ROUTER_KEY_FILE=$(RACCORDO_ROUTER_KEY_FILE) target/release/raccordo demo --size $(SIZE) --seed $(SEED)

router: $(HIVE_ROUTER) $(RACCORDO_ROUTER_KEY_FILE)
	RACCORDO_ROUTER_KEY=$$(cat $(RACCORDO_ROUTER_KEY_FILE)) ROUTER_CONFIG_FILE_PATH=docker/router/router.config.yaml $(HIVE_ROUTER)

# Takes the better part of an hour on two cores, once. The feature spares a script that runs npm.
$(HIVE_ROUTER):
	@tools/ensure rust cmake clang protobuf
	cargo install hive-router --version 0.2.19 --locked --bin hive_router --features graphiql --root target/router

$(RACCORDO_ROUTER_KEY_FILE):
	@mkdir -p $(@D)
	@umask 077 && od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >$@

test:
	@tools/ensure rust node postgresql chromium
	@$(MAKE) --no-print-directory web
	@$(MAKE) --no-print-directory conformance
	npm --prefix web test
	cargo test --locked --workspace

check: tidy
	cargo clippy --locked --workspace --all-targets -- -D warnings

# The part of it that needs no build.
tidy:
	@tools/ensure rust node
	cargo fmt --all --check
	@$(MAKE) --no-print-directory web
	npm --prefix web run check
	tools/licences.py

test-router: $(HIVE_ROUTER)
	@tools/ensure rust node postgresql
	@$(MAKE) --no-print-directory web
	HIVE_ROUTER=$(abspath $(HIVE_ROUTER)) cargo test --locked --test it -- --ignored --nocapture journeys::the_router

bench:
	@tools/ensure rust node postgresql
	@$(MAKE) --no-print-directory web
	cargo bench --locked

# The pages that the program embeds; built anew when their sources change.
web: $(WEB)

web/dist/graphiql/index.html: $(WEB_SOURCES)
	cd web && npm ci --no-audit --no-fund && npm run build
	@touch $@

# The reference implementations' own audits of GraphQL over HTTP and WebSocket, and a provider to sign in at: for the tests.
conformance: $(CONFORMANCE)

tests/conformance/node_modules/.package-lock.json: tests/conformance/package-lock.json
	cd tests/conformance && npm ci --no-audit --no-fund
	@touch $@
