#!/bin/sh
# Run the demo: HOST and PORT from the environment, 127.0.0.1 and 8000 by default.
set -eu
cd "$(dirname "$0")/.."
sh scripts/venv.sh requirements-demo.txt
exec .venv/bin/python demo/run.py
