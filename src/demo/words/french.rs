//! French patterns.

use super::{Topic, Words};

/// French local news of towns that do not exist.
pub(in crate::demo) const FRENCH: Words = Words {
    cities: &["Port-Valmont", "Saint-Brévin-les-Dunes", "Montrevel", "Kermadec", "Lannoy-le-Phare", "Vieux-Moutiers"],
    districts: &[
        "quartier des Tanneurs",
        "quartier du Vieux-Phare",
        "faubourg des Cordiers",
        "quartier de la Halle",
        "faubourg du Moulin",
    ],
    first_names: &[
        "Maëlle",
        "Gaspard",
        "Solène",
        "Bastien",
        "Noémie",
        "Yannick",
        "Clémence",
        "Firmin",
        "Salima",
        "Loïc",
    ],
    last_names: &[
        "Kerbrat",
        "Vauquelin",
        "Delaunoy",
        "Tréguer",
        "Maisonneuve",
        "Bellanger",
        "Roussillon",
        "Haddad-Morel",
    ],
    topics: &[CIVIC, ECONOMY, SPORT, CULTURE, HEALTH],
    quotes: &[
        "« Nous [demandions|attendions] un calendrier précis, et nous l’avons enfin sous les yeux », se réjouit {person}, qui habite le {district} depuis {12-38} ans.",
        "{other}, porte-parole du collectif des riverains, estime que les {3-9} prochains mois diront si [la promesse|l’engagement] sera vraiment tenue jusqu’au bout.",
        "« Personne ici n’est opposé au changement, mais nous voulons connaître les chiffres avant le premier coup de pioche », a lancé {other} devant {40-220} habitants.",
        "Interrogé sur le coût, {person} a répondu que chaque dépense figurerait dans un registre public, ouvert à la lecture dans {2-6} semaines.",
        "« C’est un travail de patience, qui ne donne pas de grands discours, mais qui fait tenir {city} debout », a ajouté {person} en quittant la salle.",
        "Plus prudent, {other} rappelle qu’une [tentative|démarche] semblable s’était terminée, il y a {4-11} ans, avec la moitié du budget dépensée pour presque rien.",
    ],
    background: &[
        "La commune comptait {11-64} mille habitants au dernier recensement, dont près de {21-48} % vivent à quelques minutes à pied du {district}.",
        "Une enquête menée au printemps auprès de {310-980} foyers plaçait déjà ce sujet en tête des préoccupations locales, loin devant la circulation.",
        "La question [agite|divise] {city} depuis qu’une tempête a endommagé {12-47} bâtiments le long du quai et coupé la route basse pendant {3-9} semaines.",
        "Les communes voisines suivent le débat de près, car {3-8} d’entre elles devront faire le même choix avant la fin de l’année prochaine.",
        "Les comptes rendus des séances précédentes, que nous avons pu lire, montrent que {5-19} propositions différentes ont été étudiées puis écartées.",
        "Des bénévoles ont déjà recueilli {1200-8900} signatures sur des feuilles déposées chez les commerçants, à la gare et dans une salle d’attente.",
        "Le dernier projet comparable avait demandé {14-39} mois, du premier croquis à l’inauguration, pour un coût inférieur de {2-17} % aux prévisions.",
    ],
    closings: &[
        "Une décision sur les points restants est attendue [avant la fin du mois|d’ici {2-5} semaines].",
        "La prochaine réunion publique commencera à dix-neuf heures dans la salle du {district}.",
        "Tous les documents seront affichés devant la mairie dès la semaine prochaine.",
    ],
};

const CIVIC: Topic = Topic {
    section: "civic",
    titles: &[
        "{city} : le conseil [adopte|approuve] la construction de {11-96} logements",
        "À {city}, le {district} sera fermé aux voitures {2-6} jours par semaine",
        "{city} [réserve|débloque] {2-9} millions pour réparer les digues",
        "La ligne de bus {11-89} de {city} reportée au printemps",
    ],
    subtitles: &[
        "Le vote, acquis par {15-23} voix contre {6-13}, met fin à des mois de discussion",
        "Les riverains du {district} seront consultés une dernière fois",
        "L’opposition juge que {11-38} rues ont été oubliées",
    ],
    leads: &[
        "Le conseil municipal de {city} a adopté mardi soir un plan pour le {district} qui avait été renvoyé {2-4} fois en commission depuis l’automne.",
        "Après une séance de près de {5-8} heures, les élus de {city} ont décidé à quoi ressemblera le {district} pour les {10-30} prochaines années.",
    ],
    facts: &[
        "Le projet couvre {11-46} hectares entre la voie ferrée et la rivière, et conserve l’allée de tilleuls que {410-990} habitants voulaient sauver.",
        "Les travaux commenceront par les égouts, avant les trottoirs, {21-88} nouveaux lampadaires et un passage protégé près de l’école primaire.",
        "Les loyers des nouveaux immeubles seront plafonnés au tiers du salaire moyen de la commune pendant {15-25} ans, selon le texte voté.",
        "Le bus {12-89} passera toutes les {8-20} minutes au lieu de deux fois par heure, dès que le terminus aura été élargi.",
        "Un amendement qui déplaçait le marché vers le {district} a été rejeté à {2-4} voix près, au terme d’un échange parfois bruyant.",
        "La mairie doit encore publier une étude sur le bruit, dont ses propres ingénieurs annoncent plus de {110-290} pages.",
    ],
    tags: &["conseil municipal", "urbanisme"],
};

const ECONOMY: Topic = Topic {
    section: "economy",
    titles: &[
        "La corderie de {city} [recrute|embauche] {21-94} apprentis",
        "Criée de {city} : la meilleure saison depuis {6-19} ans",
        "Une boulangerie rouvre dans le {district} après {7-29} ans",
        "{city} : {3-9} traversées par jour avec le nouveau bac",
    ],
    subtitles: &[
        "Le carnet de commandes est plein jusqu’à l’automne, assure {person}",
        "Les commerçants espèrent remplir {12-39} vitrines vides",
        "Les salaires augmenteront de {3-7} % le mois prochain",
    ],
    leads: &[
        "L’un des plus anciens employeurs de {city} recrute de nouveau : {21-94} postes ont été annoncés jeudi dans l’atelier du {district}.",
        "Les commerçants de {city} ont terminé la saison avec un chiffre d’affaires en hausse de {6-23} %, a indiqué lundi la capitainerie.",
    ],
    facts: &[
        "L’entreprise livre {11-28} pays et tire l’essentiel de ses revenus des cordages, des filets et des voiles pour de petits bateaux de travail.",
        "Un prêt de {210-880} mille euros de la banque régionale a financé la nouvelle halle, dont le toit est couvert de panneaux solaires.",
        "Quelque {31-79} fournisseurs, installés pour la plupart à moins d’une heure de route, dépendent des commandes passées dans le {district}.",
        "Le prix du maquereau est resté stable, tandis que celui du crabe gagnait {4-16} % à cause d’un début de saison froid et venteux.",
        "Le propriétaire a accepté un loyer proportionnel aux ventes, une formule encore rare dans cette partie du département.",
        "La formation dure {24-40} mois et mène à un certificat [reconnu|accepté] dans tous les ports de la côte.",
    ],
    tags: &["emploi", "port"],
};

const SPORT: Topic = Topic {
    section: "sport",
    titles: &[
        "{city} [remporte|gagne] le derby à la {71-89}e minute",
        "Aviron : {3-9} médailles pour le club de {city}",
        "{person} quitte le banc de {city} après {9-21} saisons",
        "La course nocturne du {district} attire {410-990} coureurs",
    ],
    subtitles: &[
        "Sous la pluie, {1100-4900} spectateurs ont tenu jusqu’au bout",
        "Le club prévoit une école de jeunes près du {district}",
        "La deuxième place n’est plus qu’à {2-5} points",
    ],
    leads: &[
        "Il a fallu patienter jusqu’aux dernières minutes, mais {city} a offert samedi à {1100-4900} spectateurs trempés la victoire qu’ils étaient venus voir.",
        "Le stade du {district} était comble dimanche, lorsque {city} a fêté son meilleur résultat depuis {6-18} ans.",
    ],
    facts: &[
        "Les visiteurs avaient touché deux fois le poteau en première période, avant de buter sur un gardien âgé de {17-21} ans seulement.",
        "Un coup franc de {18-31} mètres, accordé après un tacle près de la ligne, a fait basculer la rencontre contre le cours du jeu.",
        "L’entraîneur {person} a changé {3-5} joueurs à la pause et choisi une défense à quatre, plus haute et plus risquée.",
        "Le club compte {310-870} licenciés, dont plus de la moitié ont moins de seize ans, et s’entraîne {3-6} soirs par semaine.",
        "La recette, environ {4-19} mille euros, servira à payer de nouveaux projecteurs, qui coûtent trois fois cette somme.",
        "Le prochain déplacement mènera l’équipe à Montrevel, où elle n’a plus gagné depuis un match de coupe disputé il y a {5-12} ans.",
    ],
    tags: &["football", "clubs"],
};

const CULTURE: Topic = Topic {
    section: "culture",
    titles: &[
        "{city} : {11-48} lettres retrouvées derrière un mur de la bibliothèque",
        "Un théâtre de marionnettes [ouvre|s’installe] dans le {district}",
        "Le musée de {city} [expose|montre] {120-480} cartes de marins",
        "Une messe oubliée depuis {60-140} ans chantée à {city}",
    ],
    subtitles: &[
        "Les pages seront visibles dès la semaine prochaine, promet {person}",
        "L’entrée est gratuite pour les enfants et, le mercredi, pour tous",
        "La restauration a demandé {14-34} mois de patience",
    ],
    leads: &[
        "En réparant un mur humide de la bibliothèque de {city}, des ouvriers ont découvert une boîte en fer que personne n’avait ouverte depuis {60-140} ans.",
        "Une saison de {11-34} soirées commence vendredi dans le {district}, où des bénévoles ont transformé un ancien grenier à filets en petit théâtre.",
    ],
    facts: &[
        "La feuille la plus ancienne porte une date à l’encre brune et un croquis du port, avec {9-31} navires à l’ancre.",
        "Les restaurateurs ont séché chaque page entre deux buvards et les photographieront toutes avant l’ouverture de l’exposition.",
        "{person}, qui dirige le projet, a décrit {310-880} objets depuis le printemps avec l’aide de {4-12} lycéens.",
        "Les billets coûtent de {4-9} à {11-19} euros, et {21-59} places sont gardées chaque soir pour ceux qui ne peuvent pas payer.",
        "Une subvention de {12-88} mille euros couvre le chauffage, l’assurance et un menuisier à mi-temps jusqu’à la fin de la saison.",
        "Les visiteurs sont invités à apporter des photographies de famille, qu’un étudiant numérisera sur une table près de l’entrée.",
    ],
    tags: &["patrimoine", "musée"],
};

const HEALTH: Topic = Topic {
    section: "health",
    titles: &[
        "Un cabinet mobile [s’arrête|stationne] chaque lundi dans le {district}",
        "{city} : l’hôpital ramène l’attente à {11-29} jours",
        "À {city}, {110-480} élèves apprennent les gestes qui sauvent",
        "{city} : un nouveau puits pour le {district}",
    ],
    subtitles: &[
        "Les plus de {65-80} ans sont reçus sans rendez-vous",
        "Le service coûtera {110-390} mille euros par an",
        "Les médecins réclament {2-6} postes avant l’hiver",
    ],
    leads: &[
        "Une camionnette blanche dotée de {2-3} salles de consultation s’arrête chaque lundi dans le {district} depuis le début du mois, et la file se forme tôt.",
        "À {city}, l’attente pour une opération programmée est tombée à {11-29} jours, bien moins qu’il y a deux ans, selon des chiffres publiés vendredi.",
    ],
    facts: &[
        "L’équipe a mesuré la tension de {210-890} personnes en {3-7} semaines et en a adressé {12-49} à un spécialiste.",
        "Une équipe du soir, financée par le département jusqu’à l’été, utilise des blocs opératoires qui restaient vides après seize heures.",
        "Deux des {5-9} infirmières ont grandi dans le {district} et parlent les langues de familles arrivées ces dernières années.",
        "Le laboratoire a allongé ses horaires et rend la plupart des résultats en {18-36} heures, contre plusieurs jours auparavant.",
        "Un pharmacien vérifie la liste des médicaments de chaque visiteur, ce qui a évité au moins {6-28} associations dangereuses.",
        "Le stationnement reste difficile près de l’entrée : une navette relie donc la gare à l’hôpital toutes les {15-30} minutes.",
    ],
    tags: &["santé", "hôpital"],
};
