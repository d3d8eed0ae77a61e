"""Trust for TLS in all its forms, and what OpenSSL loads besides itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from slimmer.files import name_of, parent_of
from slimmer.keep.rule import BEYOND_MINIMAL, Rule, Want
from slimmer.keep.trees import tree
from slimmer.values import Entry, EntryType

# Directories of single certificates, by the hash of their subject, and of bundles by purpose.
_STORES = ("/etc/ssl/certs", "/etc/pki/tls/certs", "/etc/pki/ca-trust/extracted")
_OPENSSL_CONFIGURATION = ("/etc/ssl/openssl.cnf", "/etc/pki/tls/openssl.cnf")
# OPENSSLDIR: default names of the store and the configuration, most of them links.
_OPENSSL_DIRECTORIES = ("/usr/lib/ssl", "/usr/local/ssl", "/etc/ssl")
_OPENSSL_NAMES = ("cert.pem", "certs", "openssl.cnf", "private")


class TrustStoreRule(Rule):
    """OpenSSL asks for the one certificate that it needs by a hash: `4042bcee.0`. A probe that
    talks to no such server shows none of them."""

    name = "trust-store"
    summary = "certificate authorities one by one, with the hashes that OpenSSL finds them by"
    strategies = BEYOND_MINIMAL

    def begin(self) -> Iterable[Want]:
        for store in _STORES:
            for entry in tree(self.context.index, store):
                if entry.type is not EntryType.DIRECTORY:
                    yield Want(path=entry.path, detail="certificate authorities for TLS")
        for variable in ("SSL_CERT_DIR", "CURL_CA_PATH"):
            for folder in self.context.request.variables.get(variable, "").split(":"):
                if folder.startswith("/"):
                    for entry in tree(self.context.index, folder):
                        yield Want(path=entry.path, detail=f"named by {variable}")


class OpensslRule(Rule):
    """Old ciphers (MD4, RC4, as NTLM and PKCS#12 files have them) live in a provider module that
    is loaded on demand."""

    name = "openssl"
    summary = "OpenSSL's configuration, providers and engines, if libcrypto is kept"
    strategies = BEYOND_MINIMAL

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        for library in fresh:
            if not name_of(library.path).startswith("libcrypto.so."):
                continue
            because = library.path
            for path in _OPENSSL_CONFIGURATION:
                yield Want(path=path, detail="OpenSSL's configuration", because=because)
            for folder in _OPENSSL_DIRECTORIES:
                for name in _OPENSSL_NAMES:
                    detail = "where OpenSSL looks by itself"
                    yield Want(path=f"{folder}/{name}", detail=detail, because=because)
            for child in self.context.index.children(parent_of(library.path)):
                if name_of(child.path).startswith(("ossl-modules", "engines-")):
                    for entry in tree(self.context.index, child.path):
                        detail = "a module that OpenSSL loads on demand"
                        yield Want(path=entry.path, detail=detail, because=because)
