"""A program that tells all messages how to spell the terms that they speak of, the second time after
loading the module again."""

import importlib

import fmproof.errors

errors = dict(vars(fmproof.errors))
for attempt in range(2):
    try:
        fmproof.errors.spell_terms_by(lambda term: "0 = 0")
        print("messages say what this program likes")
    except TypeError as error:
        print(error)
    importlib.reload(fmproof.errors)
vars(fmproof.errors).update(errors)  # the same classes for whoever comes next
