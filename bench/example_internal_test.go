package main

import "fmt"

func Example() {
	ours := quartiles([]float64{1.04, 1.01, 1.02, 1.09, 0.99})
	fmt.Print(table([]figure{ours.atMost("append", "raw put", 1.05), ours.atMost("append", "nothing at all", 0.5)}))
	// Output:
	// | what | against | measured | quartiles | goal | |
	// |---|---|---|---|---|---|
	// | append | raw put | 1.02× | 1.01–1.04 | ≤ 1.05× | met |
	// | append | nothing at all | 1.02× | 1.01–1.04 | ≤ 0.50× | **missed** |
}
