package historytest

import (
	"slices"

	"pgregory.net/rapid"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// Delivery draws an order in which the commits come: shuffled, some of them twice,
// and of those that others of their stream follow, some not at all.
func (h *History) Delivery(t *rapid.T) []eventstore.Commit {
	var queue []int
	for i, c := range h.Commits {
		times := rapid.SampledFrom([]int{1, 1, 1, 1, 2, 2, 0}).Draw(t, "times")
		if c.End() == h.ends[c.Stream] {
			times = max(times, 1)
		}
		queue = append(queue, slices.Repeat([]int{i}, times)...)
	}
	if len(queue) > 0 {
		queue = rapid.Permutation(queue).Draw(t, "queue")
	}
	commits := make([]eventstore.Commit, len(queue))
	for n, i := range queue {
		commits[n] = h.Commits[i]
	}
	return commits
}
