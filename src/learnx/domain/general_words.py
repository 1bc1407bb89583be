"""Words of general English: a reader who puts one for another, or adds one, hardly changes what is said."""

from learnx.domain.terms import stem, word_list

_WRITTEN = """
    able accept accompany according account achieve act action add additional address affect aim allow almost alone
    amount answer appear apply approach area argue arise arrange arrive ask aspect assign associate assume attempt
    available avoid aware base basic become began begin behave believe belong benefit big body bring broad build call
    carry case cause center central certain chance change character choose claim class clear close collect combine
    come common compare complete component concept concern conclude condition conduct consider consist consistent
    constant construct contain continue contribute control correspond cover create current date day deal decide define
    degree demand demonstrate depend derive describe design desire detail detect determine develop differ different
    difficult direct discover discuss display distinct divide draw drive due early easy effect effective element
    emerge emphasize employ enable encounter end ensure enter entire essential establish estimate evaluate event
    eventually evidence evolve exact examine exhibit exist expect experience explain explore express extend extent
    fact factor fail fall famous feature feel field figure final find fit focus follow force form found frequent full
    function fundamental gain gather gave general generate get give given goal good gradual grew group grow hand
    happen hard held help high highlight hold human idea identify illustrate important improve include indicate
    individual infer influence inform initial instance instead intend interest introduce invent investigate invite
    involve issue item join keep kind knew know known lack large last late lead learn leave left length level lie life
    like limit link list little live local locate long look lose lot main maintain major make manage manner many mark
    match matter maximum mean meant measure meet member mention method minor moment move name nature near necessary
    need new normal note notice notion number object observe obtain occasion occur offer often old open operate
    opinion opportunity order organize origin original own part partial particular pass past pattern people perform
    perhaps period permit person piece place plan play point popular portion pose position possess possible power
    precise prefer present prevent previous primary principle prior problem procedure proceed process produce propose
    prove provide publish purpose put quality quantity question quick range rate reach react read ready real reason
    receive recent recognize record reduce refer reflect regard region relate relative release rely remain remember
    remove repeat replace report represent request require research resemble respect respond responsible rest result
    retain return reveal right rise role run said same saw say see seek select sense separate sequence series serve
    set several shape share short show side significant similar simple simultaneous single situation size small social
    solution solve sort source speak special specific spend spread stage stand start state stay step still stop strong
    structure study subject subsequent substance succeed successful such sufficient suggest suit support suppose sure
    surround system take talk target task tell tend term test theory thing think thought throughout time today told
    took top total track transform treat trend true try turn type typical understand undergo unit use useful usual
    value various vary version view way well went whole wide widespread word work world write wrote year yield attach
    belong bear handle arrange suffer catch comprise constitute earn hope joke matter modern nowadays own peak rank
    ratio rarely sum supply survive teach trace translate travel undertake utilize visible wait want warn watch win
    worth writing author book chapter definition description diagram evidence example expert finding formula
    illustration knowledge lesson literature material model observation outcome page paper participant researcher
    review sample scholar scientist section student table team text topic user writer actual additional adequate
    alternative apparent appropriate careful comparable complex comprehensive considerable correct critical crucial
    deep dramatic enormous equal especially extreme fairly far fast favorable former fresh great greatly huge
    immediate inside large-scale latter least marked massive mere narrow natural notable obvious odd official once
    ordinary overall plain potential powerful practical pretty principal prominent proper rapid rapidly rare
    reasonable regular remarkable rough severe sharp slight slow soft solid somewhat strange strict striking sudden
    suitable tiny together tough tremendous unique unusual valuable vast vital weak wonderful
"""
GENERAL = frozenset(map(stem, word_list(_WRITTEN)))
