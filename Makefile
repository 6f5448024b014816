# `make run` starts the demo, `make test` runs everything that has to hold. Each sets up what it needs.
.PHONY: run test venv lock lint format types bench fuzz crash-test evaluate clean translate

run:
	@exec sh scripts/run.sh

test:
	@exec sh scripts/test.sh

venv:
	@sh scripts/venv.sh requirements-test.txt

# Bring the lock files in line with requirements*.in; `make lock UPGRADE=--upgrade` also takes newer versions.
lock: venv
	@sh scripts/lock.sh $(UPGRADE)

lint: venv
	@.venv/bin/ruff check . && .venv/bin/ruff format --check .

format: venv
	@.venv/bin/ruff check --fix . && .venv/bin/ruff format .

types: venv
	@.venv/bin/mypy

bench: venv
	@.venv/bin/python bench/run.py

# make fuzz N=20000 SEED=1: that many damaged mails through the whole way in; exit 1 where one breaks it.
fuzz: venv
	@.venv/bin/python -m tests.fuzz $(or $(N),20000) $(SEED)

# Workers killed and cut off at random on each database; exit 1 where a letter is lost or doubled. About 25
# minutes; make crash-test C='--mails 200 --kills 10 --cuts 10 --seed 1 --only sqlite' is shorter.
crash-test: venv
	@.venv/bin/python -m tests.campaigns.crash --mails 2000 --kills 100 --cuts 100 $(C)

# How well letters are understood; writes the figures into docs/classifier.md. `flask evaluate` scores a file of your own.
evaluate: venv
	@.venv/bin/python bench/evaluate.py

# The demo's data in instance/ stays.
clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Bring the English texts in line with the Chinese ones in templates/ and commentbox/web/.
TRANSLATIONS = commentbox/web/translations
translate: venv
	@.venv/bin/pybabel -q extract -F babel.cfg -k lazy_gettext -k lazy_pgettext:1c,2 -k _ --project commentbox --copyright-holder 'The commentbox authors' --no-location --sort-output -o .messages.pot .
	@.venv/bin/pybabel -q update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date -l en -i .messages.pot -d $(TRANSLATIONS)
	@.venv/bin/pybabel -q compile -d $(TRANSLATIONS)
	@rm .messages.pot
