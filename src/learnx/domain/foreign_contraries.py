"""Words of German, Spanish and French that can't both be true of one thing: frequent ones, in their usual forms."""

from learnx.domain.terms import word_list

#: Sides of a pair are parted by ``/``, forms of a side by ``,``.
FOREIGN_CONTRARIES = tuple(
    tuple(side.split(",") for side in pair.split("/"))
    for pair in word_list(
        """
        mehr/weniger mehr,meisten,meiste/wenigsten groß,große,großen,großer,großes/klein,kleine,kleinen,kleiner,kleines
        größer,größere,größeren/kleiner,kleinere,kleineren größte,größten/kleinste,kleinsten
        hoch,hohe,hohen,hoher/niedrig,niedrige,niedrigen,niedriger
        höher,höhere,höheren/niedriger,niedrigere,niedrigeren höchste,höchsten/niedrigste,niedrigsten
        steigt,steigen,stieg,steigt,gestiegen/sinkt,sinken,sank,gesunken
        wächst,wachsen,wuchs,gewachsen/sinkt,sinken,sank,schrumpft,schrumpfen,schrumpfte
        erhöht,erhöhen,erhöhte,erhöhten/senkt,senken,senkte,verringert,verringern,verringerte,reduziert,reduzieren
        zunimmt,zunehmen,zunahm,zugenommen/abnimmt,abnehmen,abnahm,abgenommen
        häufig,häufige,häufigen,häufiger,häufigste,häufigsten,oft/selten,seltene,seltenen,seltener,seltenste,seltensten
        immer/nie,niemals,selten stark,starke,starken,starker,stärker,stärkere/schwach,schwache,schwachen,schwächer
        schnell,schnelle,schnellen,schneller/langsam,langsame,langsamen,langsamer
        lang,lange,langen,länger,längere/kurz,kurze,kurzen,kürzer,kürzere
        früh,frühe,früher,frühere/spät,späte,später,spätere warm,warme,warmen,wärmer/kalt,kalte,kalten,kälter
        heiß,heiße,heißen/kalt,kalte,kalten alt,alte,alten/neu,neue,neuen
        alt,alte,alten,älter,ältere,älteste/jung,junge,jungen,jünger,jüngere,jüngste
        erste,ersten,erster/letzte,letzten,letzter vorher,zuvor/nachher,danach vor/nach innen/außen
        innere,inneren/äußere,äußeren oben/unten obere,oberen/untere,unteren links/rechts linke,linken/rechte,rechten
        nördlich,nördliche,nördlichen,norden/südlich,südliche,südlichen,süden
        östlich,östliche,östlichen,osten/westlich,westliche,westlichen,westen
        gut,gute,guten,besser,bessere,beste,besten/schlecht,schlechte,schlechten,schlechter,schlechtere,schlechteste
        positiv,positive,positiven/negativ,negative,negativen
        öffentlich,öffentliche,öffentlichen/privat,private,privaten möglich,mögliche/unmöglich,unmögliche
        sicher,sichere,sicheren/unsicher,unsichere,unsicheren,gefährlich,gefährliche
        einfach,einfache,einfachen/schwierig,schwierige,schwierigen,komplex,komplexe
        beginnt,begann,beginnen,beginn/endet,endete,enden,ende
        gewinnt,gewann,gewonnen,gewinnen/verliert,verlor,verloren,verlieren
        erlaubt,erlauben,erlaubte/verbietet,verbieten,verboten
        gleich,gleiche,gleichen/verschieden,verschiedene,unterschiedlich,unterschiedliche
        richtig,richtige/falsch,falsche maximal,maximale,maximum/minimal,minimale,minimum
        intern,interne,internen/extern,externe,externen aktiv,aktive,aktiven/passiv,passive,passiven
        leben,lebend/tot,tod

        más/menos mayor,mayores/menor,menores grande,grandes,gran/pequeño,pequeña,pequeños,pequeñas
        alto,alta,altos,altas/bajo,baja,bajos,bajas máximo,máxima/mínimo,mínima superior,superiores/inferior,inferiores
        aumenta,aumentan,aumentó,aumentar,aumentaron,aumento/disminuye,disminuyen,disminuyó,disminuir,disminución,reduce,reducen,redujo,reducir
        crece,crecen,creció,crecer/disminuye,disminuyen,disminuyó,decrece,decreció
        sube,suben,subió,subir/baja,bajan,bajó,bajar siempre/nunca,jamás todos,todas,todo/ninguno,ninguna,ningún
        antes/después,tras primero,primera,primer,primeros/último,última,últimos
        largo,larga,largos,largas/corto,corta,cortos,cortas
        rápido,rápida,rápidos,rápidamente/lento,lenta,lentos,lentamente fuerte,fuertes/débil,débiles
        nuevo,nueva,nuevos,nuevas/antiguo,antigua,antiguos,antiguas,viejo,vieja,viejos
        joven,jóvenes/viejo,vieja,viejos,anciano caliente,calientes,cálido,cálida/frío,fría,fríos,frías norte/sur
        oriental/occidental,oeste izquierda,izquierdo/derecha,derecho dentro/fuera
        interno,interna,internos,internas,interior/externo,externa,externos,externas,exterior mejor,mejores/peor,peores
        bueno,buena,buenos,buenas/malo,mala,malos,malas positivo,positiva,positivos/negativo,negativa,negativos
        posible,posibles/imposible,imposibles fácil,fáciles/difícil,difíciles
        común,comunes,frecuente,frecuentes/raro,rara,raros,raras
        empezó,empieza,comienza,comenzó,inicio,comienzo/terminó,termina,acaba,acabó,final
        ganó,gana,ganan,ganaron,victoria/perdió,pierde,pierden,perdieron,derrota
        permite,permiten,permitió/prohíbe,prohíben,prohibió,impide,impidió
        mismo,misma,mismos,mismas,igual,iguales/distinto,distinta,diferente,diferentes,opuesto
        aceptó,acepta,aceptaron/rechazó,rechaza,rechazaron
        público,pública,públicos,públicas/privado,privada,privados,privadas hombre,hombres/mujer,mujeres
        masculino,masculina/femenino,femenina cerca/lejos vivo,vivos/muerto,muertos verdadero,verdadera/falso,falsa

        plus/moins grand,grande,grands,grandes/petit,petite,petits,petites
        haut,haute,hauts,hautes,élevé,élevée/bas,basse,basses
        supérieur,supérieure,supérieurs/inférieur,inférieure,inférieurs
        augmente,augmentent,augmenté,augmenter,augmentation,hausse/diminue,diminuent,diminué,diminuer,diminution,baisse,réduit,réduire
        toujours/jamais avant/après premier,première,premiers/dernier,dernière,derniers
        long,longue,longs/court,courte,courts rapide,rapides,rapidement/lent,lente,lents,lentement
        fort,forte,forts/faible,faibles nouveau,nouvelle,nouveaux/ancien,ancienne,anciens jeune,jeunes/vieux,vieille
        chaud,chaude,chauds/froid,froide,froids nord/sud occidental/oriental gauche/droite
        meilleur,meilleure,meilleurs/pire,pires bon,bonne,bons/mauvais,mauvaise
        positif,positive,positifs/négatif,négative,négatifs possible,possibles/impossible,impossibles
        facile,faciles/difficile,difficiles fréquent,fréquente,courant,courante/rare,rares
        commence,commença,début/finit,termine,fin gagne,gagné,victoire/perd,perdu,défaite
        permet,permettent/interdit,empêche même,mêmes/différent,différente,différents public,publique/privé,privée
        intérieur,intérieure,interne/extérieur,extérieure,externe
        """
    )
)
