package summary

// The weights of [Choose] were fitted on 400 stories told by two or three
// outlets, against an editor's summary of each: units by logistic regression on
// whether the summary uses them, sentences and sets by linear regression on
// their ROUGE scores. In fourfold cross-validation they do as well as on the
// stories that they were fitted on.

var termWeights = [numUnit]float64{-4.696, 3.192, 2.912, 1.191, 0.996, 1.462, -0.120, -2.955}

var pairWeights = [numUnit]float64{-5.486, 3.380, 3.776, 1.787, 0.934, 1.825, -0.166, -3.106}

const numSentence = 15

var sentenceWeights = [numSentence]float64{
	-0.0359,
	0.0661,  // nearness to the top
	0.0308,  // first sentence
	0.0114,  // likeness to the openings
	0.1937,  // likeness to the headlines
	-0.0141, // support by other articles
	0.2741,  // length
	-0.0809, // its square
	-0.0212, // quoted
	0.0066,  // named
	0.0331,  // leaning on what was said before
	0.0401,  // expected terms
	0.1274,  // their density
	0.0140,  // expected pairs
	0.9152,  // their density
}

const numSet = 18

var setWeights = [numSet]float64{
	0.0888,
	-0.0962, // one sentence
	0.0300,  // three
	0.3307,  // mean score
	0.4241,  // best score
	0.0355,  // length
	-0.0134, // its square
	-0.0562, // likeness of the two likest
	0.0311,  // share of the openings covered
	0.0710,  // share of the headlines covered
	0.0010,  // all from one article
	0.0191,  // first sentences
	-0.0055, // expected terms
	0.3513,  // their density
	0.2166,  // the same, for longer summaries
	-0.0137, // expected pairs
	0.1800,  // their density
	0.0943,  // the same, for longer summaries
}
