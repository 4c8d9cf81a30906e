"""Moments of the two sources of randomness: data from a Gaussian mixture, and standard noise."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from fmproof.models.arrays import ObjectArray
from fmproof.models.mixture import GaussianMixture

Word = tuple[int, ...]
"""A monomial in coordinates as the sorted list of their indices: (0, 0, 2) is x_0^2 x_2."""


class DataMoments:
    """E z_i z_j ... in rationals, for words of any length; each is computed once.

    Only the entries of means and covariances that a word needs are ever made rational.
    """

    def __init__(self, data: GaussianMixture) -> None:
        weights, self._means, self._covariances = data.given
        fractions = weights.fractions()
        self._weights = fractions / fractions.sum()
        self._entries: dict[tuple[int, ...], ObjectArray] = {}
        ones = np.full(len(fractions), Fraction(1), dtype=object)
        self._known: dict[Word, ObjectArray] = {(): ones}

    def __getitem__(self, word: Word) -> Fraction:
        return sum(self._weights * self._per_component(word), Fraction(0))

    def _per_component(self, word: Word) -> ObjectArray:
        """The moments (K,) by E z_i f(z) = mu_i E f + sum_j Sigma_ij E d_j f (Stein, Isserlis)."""
        if word not in self._known:
            i, rest = word[0], word[1:]
            moments = self._entry(i) * self._per_component(rest)
            for j, count in Counter(rest).items():
                at = rest.index(j)
                lower = self._per_component(rest[:at] + rest[at + 1 :])
                moments = moments + count * self._entry(i, j) * lower
            self._known[word] = moments
        return self._known[word]

    def _entry(self, *index: int) -> ObjectArray:
        """mu_i or Sigma_ij of every component, (K,)."""
        if index not in self._entries:
            array = self._means if len(index) == 1 else self._covariances
            entry: Any = array.part((slice(None), *index)).fractions()
            if len(index) == 2:
                entry = (entry + array.part((slice(None), *index[::-1])).fractions()) / 2
            self._entries[index] = entry
        return self._entries[index]


def normal_moment(power: int) -> int:
    """E eps^power of a standard normal number, for even powers."""
    return prod(range(1, power, 2))
