# Every target explains itself: make help
PYTHON ?= python3
BOT := .venv/bin/python
BACKEND := backend/.venv/bin/python

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

setup: ## make the two environments from the locks
	@$(PYTHON) scripts/setup.py

setup-dev: ## the same with what the tests need, and the Debian packages (browser, database, fonts)
	@bash scripts/system-packages.sh
	@$(PYTHON) scripts/setup.py --dev

prepare: ## compile the catalogues; train if training data changed
	@$(BOT) -W ignore scripts/catalogues.py compile
	@$(BOT) -W ignore scripts/train.py

run: setup prepare ## start everything on SQLite with demo data; Ctrl-C stops it
	@exec $(BOT) scripts/stack.py

lint: ## ruff and mypy, both projects
	$(BOT) -m ruff check .
	$(BOT) -m mypy
	cd backend && .venv/bin/python -m ruff check . && .venv/bin/python -m mypy

test-backend: ## the backend's own tests
	cd backend && .venv/bin/python -m pytest -q -p no:cacheprovider

test: setup-dev ## everything that CI runs
	LOTSE_TESTS_COMPLETE=1 $(MAKE) --jobs 2 --output-sync prepare lint test-backend
	$(BOT) scripts/catalogues.py check
	$(BOT) scripts/check_municipalities.py
	LOTSE_TESTS_COMPLETE=1 $(BOT) -m pytest -p no:cacheprovider --numprocesses 2 --dist loadfile --no-loadscope-reorder

bench: setup-dev ## beside a stock Rasa made from the same data; about an hour (ARGS="--quick --stock-epochs 5": 10 minutes)
	@$(BOT) -W ignore -m benchmarks.bench $(ARGS)

race: setup-dev prepare ## 24 simultaneous messages of one sender on two bot processes, 50 times for each kind of locks
	LOTSE_RACE_REPEATS=50 $(BOT) -m pytest -p no:cacheprovider tests/conversations/test_simultaneous.py

crash-test: setup-dev prepare ## 200 intakes over a flaky line while all processes are killed again and again; prints the counts
	LOTSE_CRASH_INTAKES=$${LOTSE_CRASH_INTAKES:-200} LOTSE_CRASH_PEOPLE=$${LOTSE_CRASH_PEOPLE:-8} $(BOT) -m pytest -p no:cacheprovider -s tests/conversations/test_crash_run.py

evaluate: setup prepare ## how well messages are understood: MESSAGES="file.jsonl …"
	@$(BOT) -W ignore scripts/evaluate.py $(MESSAGES)

evaluate-retrieval: setup ## how well pages are found: PAGES="pages.json …" QUESTIONS="questions.jsonl …"
	@$(BOT) -W ignore scripts/evaluate_retrieval.py --pages $(PAGES) --questions $(QUESTIONS) $(ARGS)

.PHONY: help setup setup-dev prepare run lint test test-backend bench race crash-test evaluate evaluate-retrieval
