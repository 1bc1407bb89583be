"""What a summary depends on, as a key: one whose key is stored need not be written again."""

import hashlib
from collections.abc import Mapping
from uuid import UUID

import msgspec

from learnx.domain.personas import Persona
from learnx.domain.prompts import PROMPT_VERSION
from learnx.domain.retrieval import Scope
from learnx.domain.summaries import OUTLINE, SummaryMaterial, SummaryType
from learnx.domain.summary_prompts import SUMMARY_PROMPT_VERSION


def summary_key(
    *,
    owner: UUID,
    scope: Scope,
    material: SummaryMaterial,
    hashes: Mapping[UUID, str],
    persona: Persona | None,
    summary_type: SummaryType,
    max_words: int,
    model: str,
) -> str:
    """SHA-256, in hex, as canonical JSON, over all that a summary depends on: of the persona, the fields that
    summaries use. ``hashes`` are the content hashes of the material's chunks, at least."""
    content = {
        "files": [[str(file.file_id), file.title, file.language] for file in material.files],
        "maxWords": max_words,
        "model": model,
        "owner": str(owner),
        "parts": [[hashes[chunk] for chunk in part] for part in material.parts],
        "persona": None if persona is None else persona.used_in(OUTLINE.type),
        "prompt": [PROMPT_VERSION, SUMMARY_PROMPT_VERSION],
        "room": material.excerpt_tokens,
        "scope": scope,
        "type": summary_type,
    }
    return hashlib.sha256(msgspec.json.encode(content, order="deterministic")).hexdigest()
