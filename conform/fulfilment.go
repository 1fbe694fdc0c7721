package main

import (
	"maps"
	"slices"
)

var (
	forward = []string{"ValidateOrder", "ReserveStock", "TakePayment", "ConfirmOrder", "ArrangeShipment", "ShipOrder", "HandOver", "NotifyCustomer"}
	back    = []string{"BeginCancel", "CancelShipment", "RefundPayment", "ReleaseStock", "CancelOrder"}
	pivot   = slices.Index(forward, "ShipOrder")

	runStatuses  = []string{"running", "succeeded", "compensating", "compensated", "stuck"}
	stepStatuses = []string{"running", "succeeded", "refused", "failed"}
	stepFields   = []string{"attempts", "endedAt", "error", "name", "startedAt", "status"}
)

// happy is the way of a run in which every step succeeds.
func happy() []string { return way("", "") }

// way returns the steps of a run in which one ends otherwise, each with its
// status: forward, and from a step up to the pivot all the way back.
func way(step, status string) []string {
	var all []string
	for i, name := range forward {
		if name != step {
			all = append(all, name+" succeeded")
			continue
		}
		all = append(all, name+" "+status)
		if i <= pivot {
			for _, name := range back {
				all = append(all, name+" succeeded")
			}
			break
		}
	}
	return all
}

// withdrawn returns the ways of a run whose order is cancelled under way: some
// step finds that out. ValidateOrder finds nothing else, and may call it a success.
func withdrawn() [][]string {
	ways := [][]string{way(forward[0], "succeeded")}
	for _, name := range forward[:pivot+1] {
		ways = append(ways, way(name, "refused"))
	}
	return ways
}

// steps returns the steps of a fulfilment, each with its status.
func steps(fulfilment answer) []string {
	var all []string
	list, _ := fulfilment.at("/steps").([]any)
	for _, step := range list {
		name, _ := lookup(step, "/name").(string)
		status, _ := lookup(step, "/status").(string)
		all = append(all, name+" "+status)
	}
	return all
}

// attempts returns how often a step was tried, -1 if it does not appear.
func attempts(fulfilment answer, name string) int64 {
	list, _ := fulfilment.at("/steps").([]any)
	for i, step := range list {
		if lookup(step, "/name") == name {
			return fulfilment.number("/steps/" + canonical(i) + "/attempts")
		}
	}
	return -1
}

// isFulfilment reports whether an object that has steps is a whole fulfilment,
// alone or in a list.
func isFulfilment(o map[string]any) bool {
	list, ok := o["steps"].([]any)
	status, _ := o["status"].(string)
	names := slices.Sorted(maps.Keys(o))
	whole := slices.Equal(names, []string{"status", "steps"}) || slices.Equal(names, []string{"id", "status", "steps", "submittedAt", "version"})
	return ok && whole && slices.Contains(runStatuses, status) && !slices.ContainsFunc(list, func(v any) bool { return !isStep(v) })
}

func isStep(v any) bool {
	step, _ := v.(map[string]any)
	name, _ := step["name"].(string)
	status, _ := step["status"].(string)
	return slices.Equal(slices.Sorted(maps.Keys(step)), stepFields) &&
		(slices.Contains(forward, name) || slices.Contains(back, name)) &&
		slices.Contains(stepStatuses, status) &&
		(answer{body: canonical(v)}).number("/attempts") >= 1 &&
		(step["endedAt"] == nil) == (status == "running") &&
		isStepError(step["error"], status)
}

// isStepError reports whether a step of the status may have that error: none
// that succeeded has one, all that were refused or failed have.
func isStepError(v any, status string) bool {
	if v == nil {
		return status == "running" || status == "succeeded"
	}
	e, _ := v.(map[string]any)
	code, _ := e["code"].(string)
	_, said := e["detail"].(string)
	return len(e) == 2 && code != "" && said && status != "succeeded"
}
