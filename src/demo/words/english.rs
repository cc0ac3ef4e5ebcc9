//! English patterns.

use super::{Topic, Words};

/// English local news of towns that do not exist.
pub(in crate::demo) const ENGLISH: Words = Words {
    cities: &["Saltmarsh Quay", "Eastmere", "Hollowbridge", "Fernleigh", "Wrenford", "Ostler's Ford", "Kelmington"],
    districts: &[
        "the Ropewalk",
        "the Tannery quarter",
        "Lantern Hill",
        "the Old Docks",
        "Mill Reach",
        "Chandlers Row",
        "the Upper Green",
    ],
    first_names: &["Maud", "Edwin", "Priya", "Callum", "Ines", "Rowan", "Harriet", "Desmond", "Leila", "Tobias"],
    last_names: &["Ashgrove", "Pennifold", "Marwick", "Thornley", "Okonjo-Hale", "Brackett", "Silverdale", "Quillan"],
    topics: &[CIVIC, ECONOMY, SPORT, CULTURE, HEALTH],
    quotes: &[
        "“We [asked for|were promised] a plan with dates in it, and [at last|for once] we have one that people can check,” said {person}, who has lived in {district} for {12-38} years.",
        "{other}, who [chairs|speaks for] the residents’ group, said that the [first|next] {3-9} months would show whether the promise was worth the paper it was written on.",
        "“Nobody here is against change, but [we want to|people would like to] see the figures before the work begins,” {other} told a meeting of about {40-220} neighbours.",
        "Asked about the cost, {person} answered that [each|every] pound would be listed in a public register that [opens|will open] to readers {2-6} weeks from now.",
        "“It is [slow|patient] work and it does not make for grand speeches, yet it is what keeps {city} on its feet,” {person} added.",
        "{other} was more careful, saying that [a similar|an earlier] attempt {4-11} years ago had ended with half the money spent and very little built.",
    ],
    background: &[
        "The town counted {11-64} thousand inhabitants at the last census, and roughly {21-48} per cent of them live within a short walk of {district}.",
        "A survey [carried out|made] last spring among {310-980} households put the matter at the top of the list of local worries.",
        "The question has [divided|occupied] {city} since a storm damaged {12-47} buildings along the river and closed the lower road for {3-9} weeks.",
        "Neighbouring towns have [watched|followed] the debate closely, because {3-8} of them face the same choice before the end of next year.",
        "Minutes of earlier meetings, which this newspaper has read, show that {5-19} different proposals were [discussed|weighed] and set aside.",
        "Volunteers have [already collected|gathered] {1200-8900} signatures on paper sheets left in shops, at the station and in the waiting room of the dentist.",
        "The last comparable scheme took {14-39} months from the first drawing to the opening day and ended {2-17} per cent under its budget.",
    ],
    closings: &[
        "A decision on the remaining points is expected [before the end of the month|in about {2-5} weeks].",
        "The next public meeting begins at half past seven in the hall on {district}.",
        "Further details [will be|are to be] posted on the notice board outside the town hall.",
    ],
};

const CIVIC: Topic = Topic {
    section: "civic",
    titles: &[
        "{city} council [backs|approves] {11-96} new homes beside {district}",
        "Councillors in {city} [delay|postpone] vote on bus route {11-89} until spring",
        "[Plan|Scheme] to close {district} to cars [wins|gains] narrow majority in {city}",
        "{city} [sets aside|reserves] {2-9} million for repairs after week of floods",
    ],
    subtitles: &[
        "Vote of {11-19} to {5-10} ends {3-8} months of argument over parking and trees",
        "Residents of {district} will be asked again before work begins",
        "Opponents say the figures leave out {11-38} side streets",
    ],
    leads: &[
        "Councillors in {city} voted late on Tuesday to [go ahead with|adopt] a plan for {district} that had been sent back for changes {2-4} times since the autumn.",
        "After a sitting of nearly {5-8} hours the council of {city} [settled|decided] how the streets around {district} will look for the next {10-30} years.",
    ],
    facts: &[
        "The plan [covers|takes in] {11-46} hectares between the railway and the river, and keeps the row of lime trees that {410-990} people had asked to save.",
        "Work on the drains [starts|is due to start] first, followed by new pavements, {21-88} lamps and a crossing near the primary school.",
        "Rents in the new buildings will be [capped|held] at a third of the local average wage for {15-25} years, according to the adopted text.",
        "Bus number {12-89} is to run every {8-20} minutes instead of twice an hour once the turning circle has been widened.",
        "An amendment that would have moved the market to {district} failed by {2-4} votes after a long and at times noisy exchange.",
        "The council must [still publish|now publish] a report on noise, which its own engineers expect to run to more than {110-290} pages.",
    ],
    tags: &["council", "planning"],
};

const ECONOMY: Topic = Topic {
    section: "economy",
    titles: &[
        "Rope works in {city} to [hire|take on] {21-94} apprentices",
        "Fish market of {city} reports best [quarter|season] in {6-19} years",
        "Family bakery returns to {district} after {7-29} years",
        "{city} harbour [reopens|brings back] ferry pier with {3-9} crossings a day",
    ],
    subtitles: &[
        "Order books are full until next autumn, says owner {person}",
        "Traders hope that {12-39} empty shops will find tenants",
        "Wages rise by {3-7} per cent from the first of the month",
    ],
    leads: &[
        "One of the oldest employers of {city} is growing again, with {21-94} new places announced on Thursday at its workshop in {district}.",
        "Traders in {city} have [closed|ended] the season with takings {6-23} per cent above last year, the harbour office said on Monday.",
    ],
    facts: &[
        "The company [delivers|ships] to {11-28} countries and earns most of its income from ropes, nets and sails for small working boats.",
        "A loan of {210-880} thousand from the regional bank paid for the new machine hall, which has a roof covered in solar panels.",
        "Some {31-79} suppliers, most of them within an hour’s drive, depend on orders that are placed from {district}.",
        "Prices for mackerel stayed [level|steady], while crab rose by {4-16} per cent because of a cold and windy start to the season.",
        "The landlord agreed to a rent that [follows|depends on] turnover, an arrangement that is still rare in this part of the county.",
        "Training lasts {24-40} months and ends with a certificate that [is accepted|counts] in every port along the coast.",
    ],
    tags: &["business", "harbour"],
};

const SPORT: Topic = Topic {
    section: "sport",
    titles: &[
        "{city} Rovers [win|take] derby with goal in minute {71-89}",
        "Rowers from {city} [bring home|collect] {3-9} medals from lake regatta",
        "{person} [steps down|retires] after {9-21} seasons as coach of {city}",
        "Night run through {district} draws record field of {410-990}",
    ],
    subtitles: &[
        "A crowd of {1100-4900} braves rain and a cold wind",
        "Club plans youth academy next to {district}",
        "Second place in the table is now {2-5} points away",
    ],
    leads: &[
        "It took until the last minutes, but {city} [got|earned] what most of the {1100-4900} spectators had come to see on a wet Saturday afternoon.",
        "The sports ground at {district} was [full|packed] on Sunday when {city} celebrated its best result in {6-18} years.",
    ],
    facts: &[
        "The visitors had [hit|struck] the post twice in the first half and were held back mainly by a goalkeeper aged {17-21}.",
        "A free kick from {18-31} metres, given after a tackle near the touchline, turned the match [against|in spite of] the run of play.",
        "Coach {person} changed {3-5} players at the interval and [moved|switched] to a back line of four.",
        "The club has {310-870} members, of whom more than half are younger than sixteen, and trains on {3-6} evenings a week.",
        "Ticket income of about {4-19} thousand will [go|be paid] towards new floodlights, which cost three times that amount.",
        "The next fixture takes the team to Wrenford, where it has not [won|taken a point] since a cup tie {5-12} years ago.",
    ],
    tags: &["sport", "clubs"],
};

const CULTURE: Topic = Topic {
    section: "culture",
    titles: &[
        "Library of {city} [finds|uncovers] {11-48} letters behind a wall",
        "Puppet theatre [opens|begins] winter season in {district}",
        "{city} museum [shows|displays] {120-480} maps drawn by sailors",
        "Choir of {district} [sings|performs] forgotten mass after {60-140} years",
    ],
    subtitles: &[
        "Readers may see the pages from next week, {person} says",
        "Entrance is free for children and for everybody on Wednesdays",
        "Restoration took {14-34} months and a great deal of patience",
    ],
    leads: &[
        "Workers who were [repairing|replacing] a damp wall in the library of {city} came upon a tin box that nobody had opened for {60-140} years.",
        "A season of {11-34} evenings begins this Friday in {district}, where volunteers have [turned|made] an old net loft into a small theatre.",
    ],
    facts: &[
        "The oldest sheet carries a date in faded brown ink and a [drawing|sketch] of the harbour with {9-31} ships at anchor.",
        "Conservators [dried|treated] every page between blotting paper and will photograph all of them before the exhibition opens.",
        "{person}, who leads the project, has [catalogued|described] {310-880} objects since the spring with the help of {4-12} pupils.",
        "Tickets cost between {4-9} and {11-19} pounds, and {21-59} seats are kept each evening for people who cannot pay.",
        "A grant of {12-88} thousand covers heating, insurance and a part-time carpenter until the end of next season.",
        "Visitors are [invited|asked] to bring family photographs, which a student will scan at a table near the entrance.",
    ],
    tags: &["museum", "heritage"],
};

const HEALTH: Topic = Topic {
    section: "health",
    titles: &[
        "Mobile clinic [starts|begins] weekly rounds in {district}",
        "{city} hospital [cuts|shortens] waiting time to {11-29} days",
        "Nurses in {city} [teach|train] {110-480} pupils to save a life",
        "New well [ends|stops] water worries for {district}",
    ],
    subtitles: &[
        "Patients aged over {65-80} are seen without an appointment",
        "Service will cost {110-390} thousand a year",
        "Doctors call for {2-6} more posts before winter",
    ],
    leads: &[
        "A white van with {2-3} consulting rooms has [parked|stopped] in {district} every Monday since the start of the month, and the queue forms early.",
        "Patients in {city} now wait {11-29} days for a planned operation, [half|far less than] the time of two years ago, figures released on Friday show.",
    ],
    facts: &[
        "Staff measured the blood pressure of {210-890} people in the first {3-7} weeks and sent {12-49} of them on to a specialist.",
        "An evening shift, [paid for|financed] by the county until next summer, uses operating rooms that used to stand empty after four.",
        "Two of the {5-9} nurses [grew up|were born] in {district} and speak the languages of families who arrived in recent years.",
        "The laboratory has [doubled|increased] its opening hours and returns most results within {18-36} hours.",
        "A pharmacist checks the list of medicines with each visitor, which has [prevented|avoided] at least {6-28} dangerous combinations.",
        "Parking near the entrance remains [short|difficult], so the hospital runs a minibus from the station every {15-30} minutes.",
    ],
    tags: &["health", "hospital"],
};
