"""Imported once, in the process that workers are forked from: a first letter, so that all rules are loaded by then.

Reading and compiling the rule data takes longer than a thousand letters; a worker born after this has it already.
"""

from __future__ import annotations

import gc

from imr.cleaning.clean import clean
from imr.records import RawText
from imr.rules import compile_patterns
from imr.steps import extract_letter, split_letter

_LETTER = """Case Number: CM14-0000000
HOW THE IMR FINAL DETERMINATION WAS MADE
The expert reviewer is Board Certified in Neurology and is licensed to practice in California.
CLINICAL CASE SUMMARY
The patient is a 40 year old female who was injured on 01/02/2013 and was diagnosed with wrist sprain.
IMR ISSUES, DECISIONS AND RATIONALES
Ibuprofen 600mg #60 and 6 visits of physical therapy for the left wrist: Upheld
Claims Administrator guideline: Decision based on MTUS Chronic Pain Treatment Guidelines Page(s): 67.
MAXIMUS guideline: The Expert Reviewer did not cite any medical evidence for its decision.
Decision rationale: The request is not medically necessary.
"""

_cleaned = clean(RawText(_LETTER, (0,), None, "text/plain", "plain_text"))
extract_letter(_cleaned, split_letter(_cleaned.text).letter, "warm.txt")
compile_patterns()
# What is here now stays: no worker need look through it for garbage, nor copy the memory it is in to do so.
gc.collect()
gc.freeze()
