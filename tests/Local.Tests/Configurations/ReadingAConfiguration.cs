using CloudNative.Local.Configurations;
using CloudNative.Local.Resources;

namespace CloudNative.Local.Tests.Configurations;

public sealed class ReadingAConfiguration : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("[$FIRST]", "[a]")]
    [InlineData("${FIRST}x", "ax")]
    [InlineData("$FIRSTx ", " ")]
    [InlineData("b$c", "b")]
    [InlineData("a$ b", "a$ b")]
    [InlineData("a$", "a$")]
    [InlineData("cost: 5$", "cost: 5$")]
    [InlineData("$$FIRST", "FIRST")]
    [InlineData("${}x", "x")]
    [InlineData("${FIRST", "FIRST")]
    [InlineData("$1a", "a")]
    public void variables_are_put_in_as_go_does(string text, string expanded) =>
        EnvironmentExpansion.Expand(text, Environment).ShouldBe(expanded);

    [Fact]
    public void without_a_file_nothing_is_restricted()
    {
        var read = ConfigurationFile.Read(null, Environment);

        (read.AllowsSecret("s", "k"), read.Denies("state.sqlite", "v1"), read.Apis.HasInvocation, read.Tracing.IsOff).ShouldBe((true, false, true, false));
    }

    [Theory]
    [InlineData("{storeName: s, defaultAccess: deny, allowedSecrets: [a]}", true, false)]
    [InlineData("{storeName: s, defaultAccess: Deny}", false, false)]
    [InlineData("{storeName: s, defaultAccess: allow, deniedSecrets: [a]}", false, true)]
    [InlineData("{storeName: s, deniedSecrets: [b]}", true, false)]
    [InlineData("{storeName: s, allowedSecrets: [b], deniedSecrets: [b]}", false, true)]
    [InlineData("{storeName: other, defaultAccess: deny}", true, true)]
    public void scopes_say_which_secrets_are_there(string scope, bool a, bool b)
    {
        var read = Parse($"secrets: {{scopes: [{scope}]}}");

        (read.AllowsSecret("s", "a"), read.AllowsSecret("s", "b")).ShouldBe((a, b));
    }

    [Theory]
    [InlineData("bindings.localstorage", "v1", true)]
    [InlineData("Bindings.LocalStorage", "", true)]
    [InlineData("bindings.http", "", true)]
    [InlineData("bindings.http", "v2", false)]
    [InlineData("bindings", "v1", false)]
    [InlineData("state.sqlite", "v1", false)]
    public void types_are_denied_with_or_without_their_version(string type, string version, bool isDenied) =>
        Parse("components: {deny: [bindings.localstorage, bindings.http/v1]}").Denies(type, version).ShouldBe(isDenied);

    [Theory]
    [InlineData("allowed: [{name: state, version: v1, protocol: http}]", true, false, true, true)]
    [InlineData("allowed: [{name: state, version: v1.0}]", true, false, true, true)]
    [InlineData("allowed: [{name: state, version: v1}]", true, false, true, false)]
    [InlineData("allowed: [{name: state, version: v1alpha1}]", false, false, false, false)]
    [InlineData("denied: [{name: publish, version: v1}]", true, false, true, false)]
    [InlineData("denied: [{name: publish, version: v1, protocol: grpc}]", true, true, true, false)]
    public void an_api_list_hides_the_rest_of_its_protocol(string list, bool stateRoute, bool publishRoute, bool stateMethod, bool publishMethod)
    {
        var apis = Parse($"api: {{{list}}}").Apis;

        (apis.HasRoute("/v1.0/state/{store}"), apis.HasRoute("/v1.0/publish/{pubsub}/{topic...}")).ShouldBe((stateRoute, publishRoute));
        (apis.HasMethod("GetState"), apis.HasMethod("PublishEvent")).ShouldBe((stateMethod, publishMethod));
        apis.HasRoute("/v1.0/healthz/outbound").ShouldBeTrue();
    }

    [Fact]
    public void what_is_not_served_is_named() =>
        Parse("accessControl: {defaultAction: deny}\n  httpPipeline: {handlers: []}\n  metrics: {enabled: false}").NotServed.ShouldBe(["accessControl", "httpPipeline"]);

    [Theory]
    [InlineData("spec: [oops\n")]
    [InlineData("spec: words\n")]
    [InlineData("spec: {secrets: {scopes: [{storeName: s, defaultAccess: maybe}]}}\n")]
    [InlineData("spec: {secrets: {scopes: [{storeName: s}, {storeName: s}]}}\n")]
    public void a_file_that_makes_no_sense_is_refused_by_name(string text)
    {
        var file = folder.Write("config.yaml", text);

        Should.Throw<ConfigurationException>(() => ConfigurationFile.Read(file, Environment)).Message.ShouldStartWith($"error loading configuration: {file}: ");
    }

    [Fact]
    public void a_file_that_is_not_there_is_refused() =>
        Should.Throw<ConfigurationException>(() => ConfigurationFile.Read(Path.Combine(folder.Root, "none.yaml"), Environment)).Message.ShouldContain("none.yaml");

    private static SidecarConfiguration Parse(string spec) =>
        ConfigurationFile.Parse($"apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: {{name: c}}\nspec:\n  {spec}\n");

    private static string? Environment(string name) => name == "FIRST" ? "a" : null;
}
