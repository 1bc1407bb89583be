import sys

import pytest

from learnx.application.ports.embeddings import Embedder
from learnx.bootstrap import embedder_faults, make_container
from learnx.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(("name", "dimensions"), [("wordllama", 256), ("minilm", 384)])
async def test_an_embedder_in_process_needs_its_name_alone(name: str, dimensions: int) -> None:
    container = make_container(Settings(embedding_model=name))
    embedder = await container.get(Embedder)
    assert (name in embedder.model.replace("-", ""), embedder.dimensions) == (True, dimensions)
    await container.close()


def test_only_who_asks_for_minilm_needs_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert embedder_faults(Settings()) == []
    [fault] = embedder_faults(Settings(embedding_model="minilm"))
    assert "onnxruntime" in fault
    assert "requirements-minilm.txt" in fault
