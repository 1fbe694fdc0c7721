package infra_test

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
)

// documented returns the routes of the OpenAPI document, which a test of its own
// holds to be the router's: "POST /orders".
var documented = sync.OnceValue(func() (all []string) {
	file, err := os.ReadFile("../pkg/httpapi/openapi.json")
	var document struct {
		Paths map[string]map[string]any
	}
	if err != nil || json.Unmarshal(file, &document) != nil {
		return nil
	}
	for path, operations := range document.Paths {
		for method := range operations {
			if method != "parameters" {
				all = append(all, strings.ToUpper(method)+" "+path)
			}
		}
	}
	return all
})

// open are the routes that ask for no token.
var open = map[string]bool{"GET /healthz": true, "OPTIONS /{proxy+}": true}

// routes are those of the router: writes lead to commands, reads to queries, and
// so does what is no route. All but the health ask for a token.
func routes(s stack, complain func(string, ...any)) {
	want := map[string]string{"$default": "Queries", "OPTIONS /{proxy+}": "Queries"}
	for _, key := range documented() {
		if want[key] = "Commands"; strings.HasPrefix(key, "GET ") {
			want[key] = "Queries"
		}
	}
	for id := range s.of("AWS::ApiGatewayV2::Route") {
		if ref(s.get(id, "ApiId")) == "LiveApi" {
			continue // socket
		}
		key, _ := s.get(id, "RouteKey").(string)
		target, routed := want[key]
		if delete(want, key); !routed {
			complain("%s leads from %q, which is no route", id, key)
			continue
		}
		route := object{
			"ApiId": names("Api"), "RouteKey": key, "Target": object{"Fn::Sub": "integrations/${" + target + "Integration}"},
			"AuthorizationType": "JWT", "AuthorizerId": names("Authorizer"),
		}
		if open[key] {
			route["AuthorizationType"] = "NONE"
			delete(route, "AuthorizerId")
		}
		if got := s.get(id); !reflect.DeepEqual(got, route) {
			complain("%s is\n%v, want\n%v", id, got, route)
		}
	}
	for key := range want {
		complain("%s leads nowhere", key)
	}
}

// socket is the WebSocket API. Its address has a ticket, so it asks for no token.
func socket(s stack, complain func(string, ...any)) {
	want := map[string]object{
		"LiveApi": {"Name": object{"Fn::Sub": "${AWS::StackName}-live"}, "ProtocolType": "WEBSOCKET", "RouteSelectionExpression": "$request.body.none"},
		"LiveStage": {
			"ApiId": names("LiveApi"), "StageName": "live", "AutoDeploy": true,
			"DefaultRouteSettings": object{"ThrottlingRateLimit": 500, "ThrottlingBurstLimit": 1000},
		},
		"LiveIntegration": {
			"ApiId": names("LiveApi"), "IntegrationType": "AWS_PROXY", "TimeoutInMillis": 29000,
			"IntegrationUri": object{"Fn::Sub": "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${LiveFunction.Arn}/invocations"},
		},
		"LivePermission": {
			"FunctionName": names("LiveFunction"), "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com",
			"SourceArn": object{"Fn::Sub": "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${LiveApi}/*"},
		},
	}
	for id, key := range map[string]string{"LiveConnectRoute": "$connect", "LiveDisconnectRoute": "$disconnect", "LiveDefaultRoute": "$default"} {
		want[id] = object{"ApiId": names("LiveApi"), "RouteKey": key, "Target": object{"Fn::Sub": "integrations/${LiveIntegration}"}, "AuthorizationType": "NONE"}
	}
	for id, properties := range want {
		if got := s.get(id); !reflect.DeepEqual(got, any(properties)) {
			complain("%s is\n%v, want\n%v", id, got, properties)
		}
	}
	for id := range s.of("AWS::ApiGatewayV2::Route") {
		if ref(s.get(id, "ApiId")) == "LiveApi" && want[id] == nil {
			complain("%s leads from nowhere", id)
		}
	}
}

// edge is the rest of the API.
func edge(s stack, complain func(string, ...any)) {
	want := map[string]object{
		"Api": {
			"Name": names("AWS::StackName"), "ProtocolType": "HTTP",
			"CorsConfiguration": object{
				"AllowOrigins":  object{"Fn::Split": []any{",", names("CorsOrigins")}},
				"AllowMethods":  []any{"GET", "POST", "PUT", "DELETE"},
				"AllowHeaders":  []any{"authorization", "cache-control", "content-type", "correlation-id", "idempotency-key", "if-match", "if-none-match"},
				"ExposeHeaders": []any{"age", "allow", "correlation-id", "etag", "location", "retry-after"},
				"MaxAge":        600,
			},
		},
		"Stage": {
			"ApiId": names("Api"), "StageName": "$default", "AutoDeploy": true,
			"DefaultRouteSettings": object{"ThrottlingRateLimit": 500, "ThrottlingBurstLimit": 1000},
			"AccessLogSettings":    object{"DestinationArn": arn("ApiLog"), "Format": text(s.get("Stage"), "AccessLogSettings", "Format")},
		},
		"Authorizer": {
			"ApiId": names("Api"), "Name": "jwt", "AuthorizerType": "JWT", "IdentitySource": []any{"$request.header.Authorization"},
			"JwtConfiguration": object{"Issuer": names("JwtIssuer"), "Audience": []any{names("JwtAudience")}},
		},
	}
	for _, name := range []string{"Commands", "Queries"} {
		want[name+"Integration"] = object{
			"ApiId": names("Api"), "IntegrationType": "AWS_PROXY", "IntegrationUri": arn(name + "Function"), "PayloadFormatVersion": "2.0", "TimeoutInMillis": 29000,
		}
		want[name+"Permission"] = object{
			"FunctionName": names(name + "Function"), "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com",
			"SourceArn": object{"Fn::Sub": "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*"},
		}
	}
	for id, properties := range want {
		if got := s.get(id); !reflect.DeepEqual(got, any(properties)) {
			complain("%s is\n%v, want\n%v", id, got, properties)
		}
	}
	logged := text(s.get("Stage"), "AccessLogSettings", "Format")
	var line map[string]string
	if err := json.Unmarshal([]byte(logged), &line); err != nil || line["requestId"] == "" || line["status"] == "" {
		complain("the access log %s: %v", logged, err)
	}
	for _, personal := range []string{"identity", "claims", "queryString", "userAgent"} {
		if strings.Contains(logged, personal) {
			complain("the access log tells of %s", personal)
		}
	}
}

func TestAnAnonymousStackAsksNobodyForAToken(t *testing.T) {
	s, refused := read(t).deploy(map[string]string{"Anonymous": "true"})
	if refused != nil {
		t.Fatal(refused)
	}
	if s["Authorizer"] != nil || s["PreflightRoute"] != nil || s.get("Api", "CorsConfiguration") != nil {
		t.Error("there is an authorizer that nobody asks, or a way for pages of no origin")
	}
	for id := range s.of("AWS::ApiGatewayV2::Route") {
		if s.get(id, "AuthorizationType") != "NONE" || s.get(id, "AuthorizerId") != nil {
			t.Errorf("%s asks for a token", id)
		}
	}
}
