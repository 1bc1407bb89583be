"""Opens an encrypted DOCX or PPTX, which is an OLE2 file around it, with its password."""

import hashlib
import io
import mmap
from typing import Any

import msoffcrypto
import olefile  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from learnx.adapters.extraction.failures import failure

#: Says that the key of the package is wanted, and not one of the other secrets ([MS-OFFCRYPTO] 2.3.4.13).
_KEY_VALUE_BLOCK = bytes.fromhex("146e0be7abacd0d6")
_PADDING = b"\x36"


def decrypted(data: bytes | mmap.mmap, password: str | None) -> bytes:
    """The package inside. Raises ``ProcessingFailed``.

    ``encrypted`` without the right password, and for rights management; ``unsupported_type`` for Office files from
    before 2007, which look the same; ``corrupt`` for a damaged container.
    """
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            is_package = container.exists("EncryptedPackage")
    except (OSError, ValueError, IndexError) as error:
        raise failure("corrupt") from error
    if not is_package:
        raise failure("unsupported_type")
    if not password:
        raise failure("encrypted")
    opened = io.BytesIO()
    try:
        file = msoffcrypto.OfficeFile(io.BytesIO(data))
        _unlock(file, password)
        file.decrypt(opened)
    except Exception as error:  # whatever the library stumbles over: a copy without protection helps
        raise failure("encrypted") from error
    if not opened.getvalue().startswith(b"PK"):  # only the right key makes it a ZIP
        raise failure("encrypted")
    return opened.getvalue()


def _unlock(file: Any, password: str) -> None:
    info = file.info if file.type == "agile" else None
    key_bytes = info["passwordKeyBits"] // 8 if info else 0
    if info is None or hashlib.new(info["passwordHashAlgorithm"].lower()).digest_size >= key_bytes:
        file.load_key(password=password)
    else:
        file.load_key(secret_key=_padded_key(info, password, key_bytes))


def _padded_key(info: dict[str, Any], password: str, key_bytes: int) -> bytes:
    """A hash that is shorter than the key is padded ([MS-OFFCRYPTO] 2.3.4.11), which msoffcrypto leaves out."""
    algorithm = info["passwordHashAlgorithm"].lower()
    digest = hashlib.new(algorithm, info["passwordSalt"] + password.encode("utf-16-le")).digest()
    for turn in range(info["spinValue"]):
        digest = hashlib.new(algorithm, turn.to_bytes(4, "little") + digest).digest()
    key = hashlib.new(algorithm, digest + _KEY_VALUE_BLOCK).digest().ljust(key_bytes, _PADDING)
    cipher = Cipher(algorithms.AES(key), modes.CBC(info["passwordSalt"])).decryptor()
    return cipher.update(info["encryptedKeyValue"])[:key_bytes] + cipher.finalize()
