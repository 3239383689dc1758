"""The signature doctor: when a signature fits none of the likely URLs, which other one it fits, or why none.

It undoes what tunnels, proxies and frameworks do to a request: another address, another path, a body written anew.
The work is bounded, also for bodies of the largest size; the comparison is that of `signature`, in constant time.
"""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from inspector.callbacks.diagnosis import (
    SCHEMES,
    UNSIGNED,
    Diagnosed,
    Diagnosis,
    Means,
    Signature,
    Signed,
    read_signature,
    without_form,
)
from inspector.callbacks.signature import SignatureCheck, SignatureState, check_signature
from inspector.callbacks.signature_readings import (
    Reading,
    body_digest_differs,
    readings,
    rewritten_bodies,
    too_many_parameters,
)
from inspector.callbacks.signed_urls import candidate_urls, difference, is_http_url, octets, shown_url
from inspector.callbacks.url_variants import public_url_for, url_variants

HEADERS: Final = ("x-signalwire-signature", "x-twilio-signature", "x-signalwire-sha256-signature")
_MOST_OCTETS: Final = 48 << 20
"""To be hashed for one diagnosis: a tenth of a second or so."""

_DIGEST_NAME: Final = "bodySHA256="
_LIKELY: Final = 40
_MOST_SIGNATURES: Final = 4


def checked_as_on_arrival(signed: Signed, means: Means) -> SignatureCheck:
    """What the capture would say with these means, and nothing more: cheap enough for a whole session."""
    return check_signature(
        key=means.key,
        headers=signed.headers,
        target=signed.target,
        body=signed.body,
        public_url=means.public_url,
        own_origin=means.own_origin,
    )


def diagnose(signed: Signed, means: Means) -> Diagnosis:
    """Judge a signature, and find out why it does not fit. Never raises, whatever was received."""
    came = [(name, value.strip()) for name, value in signed.headers if name.lower() in HEADERS]
    if not came:
        return UNSIGNED
    signatures = [found for name, value in came[:_MOST_SIGNATURES] if (found := read_signature(name, value))]
    header = (signatures[0] if signatures else Signature(came[0][0], b"", "")).header
    form = signatures[0].form if signatures else None
    if not means.key:
        return _without_key(signed, header, form)
    check = checked_as_on_arrival(signed, means)
    if check.state is SignatureState.VALID and check.url is not None:
        return Diagnosis(
            Diagnosed.FITS,
            SignatureState.VALID,
            "Valid",
            f"Scheme {check.scheme}, signed for {shown_url(check.url)}.",
            header=header,
            form=form,
            scheme=check.scheme,
            url=check.url,
        )
    if not signatures:
        return without_form(came[0])
    return _Search(signed, means, signatures).diagnosis()


def _without_key(signed: Signed, header: str, form: str | None) -> Diagnosis:
    text = "The callback is signed, but no signing key is set. Set the signing key of the project to check it."
    if form is None:
        text = "The callback is signed in a form that SignalWire does not use, and no signing key is set."
    elif body_digest_differs(signed.target, signed.body) and not signed.truncated:
        text += f" {_DIGEST_DIFFERS}"
    return Diagnosis(
        Diagnosed.NO_KEY, SignatureState.UNCHECKED, "Not checked", text, "no signing key", header=header, form=form
    )


_DIGEST_DIFFERS: Final = (
    "Whatever the key: the address carries a digest of the body (bodySHA256), and it is not that of the body "
    "that came. The body was changed on the way."
)


@dataclass(frozen=True, slots=True)
class _Fit:
    url: str
    reading: Reading
    signature: Signature


class _Search:
    """The search for what fits, and what it comes to."""

    def __init__(self, signed: Signed, means: Means, signatures: list[Signature]) -> None:
        self._signed = signed
        self._means = means
        self._signatures = signatures
        self._key = (means.key or "").encode("utf-8", "surrogatepass")
        self._candidates = candidate_urls(signed.headers, signed.target, means.public_url, means.own_origin)
        self._tried = 0
        self._octets = 0
        self._stopped = False

    def diagnosis(self) -> Diagnosis:
        fit = self._fit()
        if fit is None:
            return self._nothing()
        if fit.reading.changed_body(fit.url, self._signed.body):
            return self._changed(fit)
        if fit.reading.rewritten is not None:
            return self._rewritten(fit)
        if fit.reading.scheme is None or fit.url in self._candidates or self._address_only(fit):
            return self._misread(fit)
        return self._elsewhere(fit)

    def _fit(self) -> _Fit | None:
        """What fits: first any URL with the body as it came, then the likely URLs with other bodies."""
        signed = self._signed
        kinds = readings(signed.headers, signed.body, {one.form for one in self._signatures})
        urls = list(self._affordable(kinds, signed.target))
        for url in urls:
            for reading in kinds:
                if fit := self._try(url, reading):
                    return fit
        if signed.truncated or not signed.body:
            return None
        for reading in rewritten_bodies(signed.headers, signed.body, {one.form for one in self._signatures}):
            for url in urls[:_LIKELY]:
                if self._octets > 2 * _MOST_OCTETS:
                    self._stopped = True
                    return None
                if fit := self._try(url, reading):
                    return fit
        return None

    def _affordable(self, kinds: list[Reading], target: str) -> Iterator[str]:
        size = sum(len(one.suffix) for one in kinds)
        spent = 0
        means = self._means
        variants = url_variants(self._signed.headers, target, self._signed.body, means.public_url, means.own_origin)
        for number, url in enumerate(variants):
            spent += size + len(url)
            # The candidates were affordable on arrival.
            if spent > _MOST_OCTETS and number >= len(self._candidates):
                self._stopped = True
                return
            self._tried += 1
            yield url

    def _try(self, url: str, reading: Reading) -> _Fit | None:
        message = octets(url) + reading.suffix
        self._octets += len(message)
        digest = hmac.digest(self._key, message, reading.algorithm)
        for one in self._signatures:
            if one.hexadecimal == reading.hexadecimal and hmac.compare_digest(digest, one.octets):
                return _Fit(url, reading, one)
        return None

    # -- what it comes to ---------------------------------------------------------------------

    def _elsewhere(self, fit: _Fit) -> Diagnosis:
        url = shown_url(fit.url)
        different = difference(fit.url, self._candidates[0])
        remedy = self._remedy(fit.url)
        advice = "Set this as the public address, and the next callbacks are found valid when they arrive."
        if remedy is None:
            advice = "The key is right. SignalWire calls an address that is not the one that arrives here."
        elif remedy != fit.url:
            advice = f"Set {shown_url(remedy)} as the public address, and the next callbacks are found valid."
        text = f"It fits for {url}{f' ({different})' if different else ''}, scheme {fit.reading.scheme}. {advice}"
        return self._result(
            Diagnosed.OTHER_ADDRESS, "Signed for another address", text, f"fits for {url}", fit, remedy=remedy
        )

    def _misread(self, fit: _Fit) -> Diagnosis:
        name = fit.signature.header
        if self._address_only(fit):
            what = "it covers the address alone, and nothing of the body"
        elif fit.reading.scheme is None:
            what = fit.reading.description
        elif fit.reading.scheme == "A-256" or fit.signature.header.lower() == HEADERS[2]:
            what = f"it is one of scheme {fit.reading.scheme}, which does not belong into the header {name}"
        else:
            what = "it is written in another way (upper case)"
        text = (
            f"The key and the address {shown_url(fit.url)} are right, but {what}. SignalWire does not sign like this: "
            "look at what stands between SignalWire and this program."
        )
        return self._result(Diagnosed.OTHER_READING, "Signed in another way", text, what, fit)

    def _address_only(self, fit: _Fit) -> bool:
        return not fit.reading.covers_body and _DIGEST_NAME not in fit.url

    def _rewritten(self, fit: _Fit) -> Diagnosis:
        remedy = None if fit.url in self._candidates else self._remedy(fit.url)
        advice = "Something on the way wrote the body anew: have it pass the bytes on as they come."
        if fit.reading.scheme == "B":
            advice = "Something on the way wrote the form anew, or the sender reads forms in a way of its own."
        text = (
            f"The key is right: it fits for {shown_url(fit.url)}, scheme {fit.reading.scheme}, when the body is read "
            f"as {fit.reading.rewritten}. {advice}"
        )
        title = "The body was rewritten on the way"
        return self._result(Diagnosed.BODY_CHANGED, title, text, "body rewritten on the way", fit, remedy=remedy)

    def _changed(self, fit: _Fit) -> Diagnosis:
        if self._signed.truncated:
            return self._cut(f"The key and the address {shown_url(fit.url)} are right (scheme C).")
        text = (
            f"The key and the address {shown_url(fit.url)} are right (scheme C), but the digest in it (bodySHA256) is "
            "that of another body. The body was changed on the way."
        )
        return self._result(Diagnosed.BODY_CHANGED, "The body was changed on the way", text, "body changed", fit)

    def _cut(self, known: str = "") -> Diagnosis:
        text = f"{known} Only the beginning of the body was kept, and the signature covers all of it.".strip()
        return self._result(Diagnosed.BODY_CUT, "Cannot be checked", text, "body cut")

    def _nothing(self) -> Diagnosis:
        if self._signed.truncated:
            return self._cut()
        parts = [f"The signature fits none of {self._tried:,} addresses that the request can have been sent to."]
        differs = body_digest_differs(self._signed.target, self._signed.body)
        if differs:
            parts.append(_DIGEST_DIFFERS)
        if self._means.key_fits_others:
            parts.append(
                "The signing key fits other callbacks, so the body or the address was changed on the way, or this "
                "callback belongs to another project."
            )
            hint, title = "body or address changed", "Body or address changed, or another project"
        else:
            parts.append("The signing key is wrong, or belongs to another project" + self._or_else())
            hint, title = "wrong key or address", "The signing key does not fit"
            if not (self._means.key or "").startswith("PSK"):
                parts.append("The key that is set does not begin with PSK, as those of SignalWire do.")
        if differs:
            hint, title = "body changed", "The body was changed on the way"
        forms = {one.form for one in self._signatures}
        if len(forms) == 1:
            form = next(iter(forms))
            parts.append(f"A signature of {form} is {SCHEMES[form]}; the other schemes were not tried.")
        if too_many_parameters(self._signed.headers, self._signed.body):
            parts.append("The form has too many parameters to be checked.")
        if self._stopped:
            parts.append("Because of the size of the body, the unlikely addresses were left out.")
        result = Diagnosed.BODY_CHANGED if differs else Diagnosed.NOTHING_FITS
        return self._result(result, title, " ".join(parts), hint)

    def _or_else(self) -> str:
        if self._means.public_url is None:
            return ". Or the public address is one that the request does not show: set it as it is set at SignalWire."
        if not is_http_url(self._means.public_url):
            return ". And the public address that is set is no http address."
        return ". Or the public address or the body is another one than what was signed."

    def _remedy(self, url: str) -> str | None:
        return public_url_for(url, self._signed.headers, self._signed.target, self._means.own_origin)

    def _result(
        self,
        result: Diagnosed,
        title: str,
        text: str,
        hint: str,
        fit: _Fit | None = None,
        *,
        remedy: str | None = None,
    ) -> Diagnosis:
        first = self._signatures[0] if fit is None else fit.signature
        return Diagnosis(
            result,
            SignatureState.INVALID,
            title,
            text,
            hint,
            header=first.header,
            form=first.form,
            scheme=None if fit is None else fit.reading.scheme,
            url=None if fit is None else fit.url,
            remedy=remedy,
            tried=self._tried,
        )
