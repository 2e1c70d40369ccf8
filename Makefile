# The two commands to know: `make demo` and `make test`. docs/howto/run.md tells the rest.
PYTHON_ENV = .venv/bin/python
.PHONY: help bootstrap demo run test lint bench messages client api-docs

help:
	@echo "make demo [EXIT=1]      a scripted day through the whole system, then the site at http://127.0.0.1:8000/"
	@echo "make run                the site without the scripted day"
	@echo "make test [ARGS=…]      all tests, or those that pytest is told"
	@echo "make lint               style, types, floors, migrations, deployment checks"
	@echo "make bench [ONLY=…]     measurements as JSON lines, all groups or one"
	@echo "make client [TO=…]      the API's typed Python client, generated from the schema (var/clearway-client)"
	@echo "make api-docs           the examples and the Postman collection of docs/api, from the schema"
	@echo "make messages           collects texts into the .po files and compiles them"

bootstrap:
	@scripts/bootstrap

demo: bootstrap
	@$(PYTHON_ENV) -m scripts.demo $(if $(filter 1,$(EXIT)),--exit) $(ARGS)

run: bootstrap
	@$(PYTHON_ENV) -m scripts.demo --no-day $(ARGS)

test: bootstrap
	@$(PYTHON_ENV) -m pytest $(or $(ARGS),-q -n 2 --dist worksteal)

lint: bootstrap
	@scripts/lint

bench: bootstrap
	@$(PYTHON_ENV) -m scripts.bench $(if $(ONLY),--only $(ONLY))

messages: bootstrap
	@$(PYTHON_ENV) -m scripts.messages

client: bootstrap
	@$(PYTHON_ENV) -m scripts.api_docs --client $(or $(TO),var/clearway-client)

api-docs: bootstrap
	@$(PYTHON_ENV) -m scripts.api_docs
