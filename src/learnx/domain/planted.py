"""Which sentences of a document speak to a language model, or lead its reader elsewhere, and so teach nothing."""

import re

from learnx.domain.terms import terms

#: Orders to forget or to tell what a model was told, in the languages that they are met in.
_ORDER = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass|neglect)\b[^.!?\n]{0,20}\b(?:all|any|every|previous|prior|above"
    r"|earlier|preceding|your|these|learner['’]s)\b[^.!?\n]{0,30}"
    r"\b(?:instructions?|rules?|prompts?|guidelines|directives|commands|level)\b"
    r"|\b(?:print|reveal|repeat|output|show|translate|tell me)\b[^.!?\n]{0,30}\b(?:your|the system|the hidden"
    r"|the learner['’]s) (?:rules|instructions|(?:system )?prompt|task|role|goals|persona|profile)\b"
    r"|\beverything above this line\b"
    r"|\b(?:new|updated|real|secret) (?:rules|instructions|task)(?::| (?:is|are)\b)"
    r"|\bdo(?:n['’]t| not) (?:tell|inform|warn|alert) the (?:reader|learner|user|student)\b"
    r"|\b(?:ignor\w+|vergiss|vergesst|olvida|missachte\w*|oublie\w*|omite)\b[^.!?\n]{0,40}"
    r"\b(?:anweisungen|regeln|instructions|instrucciones|reglas|istruzioni|regole|instruções|regras|règles|consignes)\b"
    r"|(?:忽略|无视|忘记)[^。！？\n]{0,12}(?:指示|指令|规则)|(?:指示|命令)[^。！？\n]{0,8}(?:無視|忘れ)"
    r"|(?:забудь|игнорируй)[^.!?\n]{0,30}(?:инструкции|указания|правила)|(?:지시|명령|규칙)[^.!?\n]{0,8}(?:무시|잊)"
    r"|(?:تجاهل|انس)[^.!؟\n]{0,20}(?:التعليمات|القواعد)|(?:निर्देशों|नियमों)[^।\n]{0,10}(?:अनदेखा|भूल)"
    r"|\b(?:talimatları|kuralları) (?:unut|yok say)"
    r"|\b(?:zignoruj|zapomnij)\b[^.!?\n]{0,30}\b(?:polecenia|zasady|instrukcje)\b",
    re.IGNORECASE,
)
#: Who is spoken to: a model, and not a reader who learns about models.
_ADDRESSED = re.compile(
    r"\b(?:dear|hello|hey|attention|reviewer|note to|message to|instructions? (?:to|for)),? "
    r"(?:the |an? |any |all )?(?:\w+ )?(?:assistants?|chatbots?|models?|llms?|ais?|gpt|reviewers?)\b"
    r"|\bif you are (?:an? |the )?(?:\w+ )?(?:ai|llm|chatbot|assistant|language model)\b"
    r"|\bas an (?:ai|llm)\b[^.!?\n]{0,30}\byou\b|\byou are (?:now )?(?:an? |the )?(?:\w+ )?(?:ai|dan|llm|chatbot"
    r"|chatgpt|assistant|language model)\b"
    r"|\b(?:(?:the|this|every|each) (?:lesson|reply)|your (?:answer|summary)) (?:must|shall|has to) "
    r"(?:begin|start|end|repeat|include|contain|say|state|carry|mention|recommend)\b"
    r"|\bjede[rs]? (?:abschnitt|antwort|lektion) muss\b"
    r"|\b(?:ai|llm|language models?|assistants?|model that reads (?:it|this))\b[^.!?\n]{0,20}\b(?:must|shall) "
    r"(?:begin|answer|repeat|include|say|state|recommend|obey)\b",
    re.IGNORECASE,
)
#: A turn of a conversation, or a part of a prompt, that a document pretends to be.
_TURN = re.compile(
    r"^\W*(?-i:SYSTEM|ASSISTANT|DEVELOPER|HUMAN|USER)\b[^:\n]{0,20}:|^\W*(?:system|assistant|human|user|developer)"
    r"(?: (?:prompt|message|override|note)\b[^:\n]{0,12})?:"
    r"|<\|[\w ]+\|>|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>"
    r"|^\W*end of (?:the )?(?:excerpts?|prompt|context|data)\b|^#+ ?(?:instruction|response):"
    r"|[\"']role[\"']\s*:\s*[\"'](?:system|assistant|user)|</?\s?(?:excerpts?|rules|persona|task|thinking|function_calls)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:\b[a-z][a-z\d+.-]{1,9}:)?//\S+|\bwww\.\S+|\b[\w.+-]+@[\w-]+\.\w[\w.-]*", re.IGNORECASE)
#: With so many content words beside its address a sentence says something by itself.
_SAYS_SOMETHING = 5


def is_order(sentence: str) -> bool:
    """Whether it tells a language model what to do, or poses as a part of its prompt: by what is usual in such orders,
    so that others pass. A sentence that is *about* them, in a course on prompts, may be taken for one."""
    return any(pattern.search(sentence) for pattern in (_ORDER, _ADDRESSED, _TURN))


def is_mostly_address(sentence: str) -> bool:
    """Whether it has hardly more than an address of the web or of mail."""
    rest = _ADDRESS.sub(" ", sentence)
    return rest != sentence and len(terms(rest)) < _SAYS_SOMETHING
