// Package summary tells a story in two or three sentences of its articles.
//
// [Candidates] are the sentences of one article that can be read alone: nothing
// dangles, no quotation is cut. [Choose] picks among those of all articles of a
// story. What it returns are spans of the articles, so that each can be checked.
//
// A language model may say the same in its own words, where an operator wants
// one. It is a function that the caller hands in; this package makes the
// [Prompt], in which article text is data and nothing else, and checks the
// answer: [Verify] lets a sentence pass only when it rests on the sentences that
// it cites, in their names, numbers, negations and most of their wording.
// Whatever fails leaves the extracted sentences as they are.
package summary
