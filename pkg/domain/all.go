package domain

// All makes one command of several: each decides on the state that those before
// it lead to. All are granted in one commit, or the first refusal is the answer.
//
// Given again it decides nothing more if that holds for each of them after all
// the others: none is [Repeatable], and none takes back what another one does.
func All[S any, E Event[S]](commands ...Command[S, E]) Command[S, E] {
	return all[S, E](commands)
}

type all[S any, E Event[S]] []Command[S, E]

// Decide implements [Command].
func (a all[S, E]) Decide(s S) ([]E, error) {
	var events []E
	for _, c := range a {
		more, err := c.Decide(s)
		if err != nil {
			return nil, err
		}
		s = Fold(s, more...)
		events = append(events, more...)
	}
	return events, nil
}
