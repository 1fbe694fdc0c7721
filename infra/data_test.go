package infra_test

import (
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/daybook-es/daybook/pkg/dynamostore"
)

// logical is how the template calls what the schema calls by its plain name.
var logical = map[string]string{
	dynamostore.EventsTable: "EventsTable", dynamostore.ViewsTable: "ViewsTable", dynamostore.SandboxTable: "SandboxTable",
	dynamostore.ConnectionsTable: "ConnectionsTable",
}

// tables are those of the schema, and as it says.
func tables(s stack, complain func(string, ...any)) {
	for _, schema := range dynamostore.Schema() {
		id := logical[*schema.TableName]
		want := object{
			"BillingMode":                      string(schema.BillingMode),
			"DeletionProtectionEnabled":        *schema.DeletionProtectionEnabled,
			"PointInTimeRecoverySpecification": object{"PointInTimeRecoveryEnabled": true},
		}
		if *schema.TableName == dynamostore.ConnectionsTable {
			delete(want, "PointInTimeRecoverySpecification")
			want["TimeToLiveSpecification"] = object{"AttributeName": dynamostore.Expires, "Enabled": true}
		}
		var keys, attributes []any
		for _, k := range schema.KeySchema {
			keys = append(keys, object{"AttributeName": *k.AttributeName, "KeyType": string(k.KeyType)})
		}
		for _, a := range schema.AttributeDefinitions {
			attributes = append(attributes, object{"AttributeName": *a.AttributeName, "AttributeType": string(a.AttributeType)})
		}
		want["KeySchema"], want["AttributeDefinitions"] = keys, attributes
		if schema.StreamSpecification != nil {
			want["StreamSpecification"] = object{"StreamViewType": string(schema.StreamSpecification.StreamViewType)}
		}
		var indexes []any
		for _, i := range schema.GlobalSecondaryIndexes {
			var keys []any
			for _, k := range i.KeySchema {
				keys = append(keys, object{"AttributeName": *k.AttributeName, "KeyType": string(k.KeyType)})
			}
			indexes = append(indexes, object{"IndexName": *i.IndexName, "KeySchema": keys, "Projection": object{"ProjectionType": string(i.Projection.ProjectionType)}})
		}
		if indexes != nil {
			want["GlobalSecondaryIndexes"] = indexes
		}
		got, _ := s.get(id).(object)
		got = maps.Clone(got)
		delete(got, "ResourcePolicy") // appendOnly
		if !reflect.DeepEqual(got, want) {
			complain("%s is\n%v, and by dynamostore.Schema\n%v", id, got, want)
		}
	}
	if all := s.of("AWS::DynamoDB::Table"); len(all) != len(logical) {
		complain("the schema knows not all of %v", slices.Collect(maps.Keys(all)))
	}
}

// retention: data outlives the stack; logs and failed batches do not stay for ever.
func retention(s stack, complain func(string, ...any)) {
	for id, r := range s {
		keeps := text(r, "Type") == "AWS::DynamoDB::Table" || text(r, "Type") == "AWS::S3::Bucket"
		if keeps && id != "ConnectionsTable" && (text(r, "DeletionPolicy") != "Retain" || text(r, "UpdateReplacePolicy") != "Retain") {
			complain("%s is not retained", id)
		}
	}
	logs := slices.Collect(maps.Keys(s.of("AWS::Logs::LogGroup")))
	for _, id := range append(logs, append(s.logs(), "ApiLog", "FulfilmentLog")...) {
		if ref(s.get(id, "RetentionInDays")) != "LogRetention" || ref(s.get(id, "LogGroupName")) == "" {
			complain("%s is not there, has no name, or keeps its logs for ever", id)
		}
	}
	want := object{
		"BucketEncryption":               object{"ServerSideEncryptionConfiguration": []any{object{"ServerSideEncryptionByDefault": object{"SSEAlgorithm": "AES256"}}}},
		"PublicAccessBlockConfiguration": object{"BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true},
		"LifecycleConfiguration":         object{"Rules": []any{object{"Id": "forget", "Status": "Enabled", "ExpirationInDays": 30}}},
		"NotificationConfiguration":      object{"EventBridgeConfiguration": object{"EventBridgeEnabled": true}},
	}
	if got := s.get("FailedBatches"); !reflect.DeepEqual(got, want) {
		complain("FailedBatches is\n%v, want\n%v", got, want)
	}
}

// logs returns the names of the functions' log groups.
func (s stack) logs() (all []string) {
	for _, name := range s.functions() {
		all = append(all, name+"Log")
	}
	return all
}

func TestAStackThatIsThrownAwayLeavesNothing(t *testing.T) {
	s, refused := read(t).deploy(map[string]string{"Anonymous": "true", "Retain": "false"})
	if refused != nil {
		t.Fatal(refused)
	}
	for id, r := range s {
		if text(r, "DeletionPolicy") == "Retain" || text(r, "UpdateReplacePolicy") == "Retain" || s.get(id, "DeletionProtectionEnabled") == true {
			t.Errorf("%s outlives its stack", id)
		}
	}
	denied := list(at(list(s.get("EventsTable", "ResourcePolicy", "PolicyDocument", "Statement"))[0], "Action"))
	if slices.Contains(denied, any("dynamodb:DeleteTable")) || len(denied) != len(forbidden)-1 {
		t.Errorf("denied is %v: of the forbidden all but DeleteTable", denied)
	}
}
