using CloudNative.Local.Secrets;

namespace CloudNative.Local.Resources;

public sealed class ResolvingComponents
{
    private readonly Dictionary<string, ISecretStore> stores = new() { ["secrets"] = new OneSecret("db", "pw", "hidden") };
    private readonly Dictionary<string, string> environment = new() { ["REGION"] = "eu", ["DAPR_API_TOKEN"] = "t", ["APP_API_TOKEN"] = "t" };

    [Fact]
    public void puts_in_a_secret_of_the_store_that_auth_names() =>
        Resolved(new MetadataEntry("password", null, new SecretReference("db", "pw"), null)).Metadata["PASSWORD"].ShouldBe("hidden");

    [Fact]
    public void parks_a_component_whose_store_is_not_loaded()
    {
        stores.Clear();

        var resolved = Resolve(new MetadataEntry("password", null, new SecretReference("db", "pw"), null));

        resolved.Component.ShouldBeNull();
        resolved.Warnings.ShouldHaveSingleItem().ShouldContain("secrets");
    }

    [Theory]
    [InlineData("db", "nope")]
    [InlineData("nope", "pw")]
    public void keeps_the_raw_value_where_the_secret_is_missing_and_warns(string name, string key)
    {
        var resolved = Resolve(new MetadataEntry("password", "raw", new SecretReference(name, key), null));

        resolved.Component!.Metadata["password"].ShouldBe("raw");
        resolved.Warnings.ShouldHaveSingleItem().ShouldContain("password");
    }

    [Fact]
    public void ignores_a_reference_without_a_store_and_warns()
    {
        var resolved = Resolver().Resolve(Manifest(new MetadataEntry("password", null, new SecretReference("db", "pw"), null)) with { SecretStore = null });

        resolved.Component!.Metadata["password"].ShouldBe("");
        resolved.Warnings.ShouldHaveSingleItem().ShouldContain("secretKeyRef");
    }

    [Fact]
    public void reads_the_environment_where_there_is_no_value()
    {
        Resolved(new MetadataEntry("region", null, null, "REGION")).Metadata["region"].ShouldBe("eu");
        Resolved(new MetadataEntry("region", "us", null, "REGION")).Metadata["region"].ShouldBe("us");
    }

    [Theory]
    [InlineData("DAPR_API_TOKEN")]
    [InlineData("APP_API_TOKEN")]
    public void keeps_tokens_of_the_environment_out(string variable)
    {
        var resolved = Resolve(new MetadataEntry("token", null, null, variable));

        resolved.Component!.Metadata["token"].ShouldBe("");
        resolved.Warnings.ShouldHaveSingleItem().ShouldContain(variable);
    }

    [Theory]
    [InlineData("{appID}/x", "orders/x")]
    [InlineData("{namespace}", "default.orders")]
    [InlineData("{other} $REGION ${REGION}", "{other} $REGION ${REGION}")]
    public void fills_in_templates_and_leaves_the_rest(string written, string read) =>
        Resolved(new MetadataEntry("a", written, null, null)).Metadata["a"].ShouldBe(read);

    [Fact]
    public void draws_a_fresh_uuid_for_each_place()
    {
        var parts = Resolved(new MetadataEntry("a", "{uuid}/{uuid}", null, null)).Metadata["a"].Split('/');

        Guid.TryParse(parts[0], out _).ShouldBeTrue();
        Guid.TryParse(parts[1], out _).ShouldBeTrue();
        parts[0].ShouldNotBe(parts[1]);
    }

    [Fact]
    public void refuses_the_pod_name_outside_kubernetes() =>
        Should.Throw<ComponentInitException>(() => Resolve(new MetadataEntry("url", "http://{podName}", null, null)))
            .Message.ShouldBe("failed to parse metadata: property url refers to {podName} but podName is not set");

    private static ComponentManifest Manifest(MetadataEntry entry) => new("x", "state.in-memory", "v1", [entry], "secrets", [], false, "x.yaml");

    private ComponentResolver Resolver() => new("orders", environment.GetValueOrDefault, stores.GetValueOrDefault);

    private ResolvedComponent Resolve(MetadataEntry entry) => Resolver().Resolve(Manifest(entry));

    private Component Resolved(MetadataEntry entry) => Resolve(entry).Component.ShouldNotBeNull();

    private sealed class OneSecret(string name, string key, string value) : ISecretStore
    {
        public IReadOnlyDictionary<string, string> Get(string asked) => asked == name
            ? new Dictionary<string, string> { [key] = value }
            : throw new ComponentException($"secret {asked} not found");

        public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> GetAll() => throw new NotSupportedException("the resolver asks one by one");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
