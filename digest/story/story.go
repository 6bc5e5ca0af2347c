// Package story says which articles matter and which of them tell one event.
//
// An event is told many times: by an agency, by the papers that print the
// agency, by those that rewrite it, by the other side's state media in another
// language, and by each of them again an hour later. What an
// article is about stands in its title and [Opening]: [Opening.Judge] says
// whether it is Korea or China policy at all, with its reasons, [Opening.Item]
// makes of it an [Item], small enough to be stored, and a [Grouper]
// puts items into stories as they arrive, without looking ahead: what it says
// of an article depends on those before it alone.
//
// Within a language two articles are compared by weighted terms of title and
// opening, names, numbers and time; across languages only by what has no
// language (people, institutions, places, policy concepts, numbers), and far
// more strictly, as a wrong join is worse than a missed one.
//
// The package reads no clock: time is what the articles say.
package story
