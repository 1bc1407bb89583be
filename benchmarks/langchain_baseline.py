"""The same documents through LangChain's usual chain, in an environment of its own: loader, splitter, PGVector.

Run as ``python langchain_baseline.py CONNECTION``; reads the path of a document a line, answers each with its seconds.
Imports, the model and the connection are warm before the clock starts, as they are in a worker.
"""

import sys
import time
import uuid
import warnings
from pathlib import Path

warnings.simplefilter("ignore")

from langchain_community.document_loaders import PyPDFLoader  # noqa: E402
from langchain_core.embeddings import Embeddings  # noqa: E402
from langchain_postgres import PGVector  # noqa: E402
from langchain_text_splitters import RecursiveCharacterTextSplitter  # noqa: E402
from wordllama import WordLlama  # noqa: E402

#: Characters: about the tokens of LearnX's chunks, with LangChain's usual tenth of overlap.
CHUNK_SIZE, CHUNK_OVERLAP = 1_400, 140


class WordLlamaEmbeddings(Embeddings):
    """The embedder that LearnX uses, with the files that come in its wheel."""

    def __init__(self) -> None:
        import wordllama

        self._model = WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._model.embed(texts, norm=True).tolist()

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


def main(connection: str) -> None:
    store = PGVector(
        embeddings=WordLlamaEmbeddings(),
        collection_name="passages",
        connection=connection,
        embedding_length=256,
        use_jsonb=True,
        create_extension=False,
    )
    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK_SIZE, chunk_overlap=CHUNK_OVERLAP)
    store.add_texts(["warm"])
    print("ready", flush=True)
    for line in sys.stdin:
        print(_seconds(store, splitter, line.rstrip("\n")), flush=True)


def _seconds(store: PGVector, splitter: RecursiveCharacterTextSplitter, path: str) -> float:
    started = time.perf_counter()
    passages = splitter.split_documents(PyPDFLoader(path).load())
    for passage in passages:  # pypdf yields NUL, which Postgres refuses
        passage.page_content = passage.page_content.replace("\x00", "")
    store.add_documents(passages, ids=[str(uuid.uuid4()) for _ in passages])
    return time.perf_counter() - started


if __name__ == "__main__":
    main(sys.argv[1])
