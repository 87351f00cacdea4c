#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Whether what the tool prints is what its schema promises: validate.py VERB, a JSON object in each line of stdin."""

import json
import pathlib
import sys

import jsonschema

SCHEMA = pathlib.Path(__file__).parents[2] / "tools/schema/scsi-lifecycle.schema.json"

schema = json.loads(SCHEMA.read_text())
if sys.argv[1] not in schema["$defs"]:
    sys.exit(f"validate.py: the schema has no {sys.argv[1]}")
schema["$ref"] = f"#/$defs/{sys.argv[1]}"
del schema["oneOf"]
validator = jsonschema.Draft202012Validator(schema)
lines = sys.stdin.read().splitlines()
errors = [f"{'/'.join(map(str, error.path))}: {error.message}"
          for line in lines for error in validator.iter_errors(json.loads(line))]
sys.exit("\n".join(errors) if errors else 0 if lines else "nothing was printed")
