namespace CloudNative.Local.Resources;

public sealed class LoadingResources : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void takes_every_document_of_yaml_and_yml_files_by_file_name()
    {
        folder.Write("b.yml", Component("three"));
        folder.Write("a.yaml", Component("one") + "---\n" + Component("two"));
        folder.Write("c.json", Component("none"));
        folder.Write("deeper/d.yaml", Component("none"));

        Load().Components.Select(component => component.Name).ShouldBe(["one", "two", "three"]);
    }

    [Fact]
    public void reads_a_component_whole()
    {
        var file = folder.Write("a.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: {name: things}
            auth: {secretStore: secrets}
            spec:
              type: state.sqlite
              version: v1
              ignoreErrors: true
              colour: blue
              metadata:
              - {name: connectionString, value: data.db}
              - {name: busyTimeout, value: 800}
              - {name: disableWAL, value: yes}
              - {name: password, secretKeyRef: {name: db, key: pw}}
              - {name: user, secretKeyRef: {name: db}}
              - {name: region, envRef: REGION}
            scopes: [orders]
            """);

        var component = Load().Components.ShouldHaveSingleItem();

        component.ShouldBe(new ComponentManifest("things", "state.sqlite", "v1", component.Metadata, "secrets", component.Scopes, true, file));
        component.Scopes.ShouldBe(["orders"]);
        component.Metadata.ShouldBe([
            new MetadataEntry("connectionString", "data.db", null, null),
            new MetadataEntry("busyTimeout", "800", null, null),
            new MetadataEntry("disableWAL", "true", null, null),
            new MetadataEntry("password", null, new SecretReference("db", "pw"), null),
            new MetadataEntry("user", null, new SecretReference("db", "db"), null),
            new MetadataEntry("region", null, null, "REGION"),
        ]);
    }

    [Theory]
    [InlineData("y", "true")]
    [InlineData("no", "false")]
    [InlineData("'no'", "no")]
    [InlineData("1.50", "1.5")]
    [InlineData("0x1F", "31")]
    [InlineData("010", "8")]
    [InlineData("1_000", "1000")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("168h", "168h")]
    public void reads_scalars_as_yaml_1_1_has_them(string written, string read)
    {
        folder.Write("a.yaml", Component("x") + $"  metadata:\n  - {{name: a, value: {written}}}\n");

        Load().Components.ShouldHaveSingleItem().Metadata.ShouldHaveSingleItem().Value.ShouldBe(read);
    }

    [Fact]
    public void leaves_the_version_empty_where_none_is_given_and_passes_over_what_has_no_name()
    {
        folder.Write("a.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: x}\nspec:\n  type: state.in-memory\n");
        folder.Write("b.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {}\nspec:\n  type: state.in-memory\n");

        var component = Load().Components.ShouldHaveSingleItem();

        component.Name.ShouldBe("x");
        component.Version.ShouldBeEmpty();
    }

    [Fact]
    public void passes_over_kinds_and_versions_that_dapr_does_not_have()
    {
        folder.Write("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n");
        folder.Write("b.yaml", "apiVersion: dapr.io/v9\nkind: Component\nmetadata: {name: y}\nspec: {type: state.in-memory, version: v1}\n");

        var set = Load();

        set.Components.ShouldBeEmpty();
        set.Documents.ShouldBeEmpty();
        set.Faults.ShouldBeEmpty();
    }

    [Fact]
    public void keeps_other_kinds_for_those_who_know_them()
    {
        var file = folder.Write("a.yaml", "# about\n---\napiVersion: dapr.io/v2alpha1\nkind: Subscription\nmetadata: {name: s}\nspec: {topic: t}\nscopes: [orders]\n");

        var document = Load().OfKind("Subscription").ShouldHaveSingleItem();

        document.Name.ShouldBe("s");
        document.ApiVersion.ShouldBe("dapr.io/v2alpha1");
        document.Scopes.ShouldBe(["orders"]);
        document.SourceFile.ShouldBe(file);
        document.Line.ShouldBe(3);
        document.Root.Member("spec").Member("topic").Text().ShouldBe("t");
    }

    [Fact]
    public void names_file_and_line_of_what_is_no_yaml_and_keeps_its_neighbours()
    {
        var file = folder.Write("a.yaml", Component("one") + "---\nkind: Component\n  metadata: [oops\n---\n" + Component("two"));

        var set = Load();

        set.Components.Select(component => component.Name).ShouldBe(["one", "two"]);
        var fault = set.Faults.ShouldHaveSingleItem();
        fault.SourceFile.ShouldBe(file);
        fault.Line.ShouldBe(9);
    }

    [Fact]
    public void tells_of_a_resiliency_where_daprd_would_not_see_it()
    {
        folder.Write("a.yaml", Component("one") + "---\napiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: {name: r}\n");

        var set = Load();

        set.Documents.ShouldBeEmpty();
        set.Faults.ShouldHaveSingleItem().Problem.ShouldContain("first document");
    }

    [Fact]
    public void refuses_a_name_that_is_taken_even_across_scopes()
    {
        var one = folder.Write("a.yaml", Component("things") + "scopes: [a]\n");
        var two = folder.Write("b.yaml", Component("things", "bindings.localstorage") + "scopes: [b]\n");

        var refusal = Should.Throw<ResourceException>(Load);

        refusal.Message.ShouldContain("duplicate definition of Component name things (bindings.localstorage/v1) with existing things (state.in-memory/v1)");
        refusal.Message.ShouldContain(one);
        refusal.Message.ShouldContain(two);
    }

    [Fact]
    public void refuses_a_folder_that_is_not_there() =>
        Should.Throw<ResourceException>(() => ResourceLoader.Load([Path.Combine(folder.Root, "nope")])).Message.ShouldContain("nope does not exist");

    [Fact]
    public void shows_each_app_what_is_in_its_scope_with_secret_stores_first()
    {
        folder.Write("a.yaml", Component("open") + "scopes: []\n");
        folder.Write("b.yaml", Component("ours") + "scopes: [orders, search]\n");
        folder.Write("c.yaml", Component("theirs") + "scopes: [search]\n");
        folder.Write("d.yaml", Component("secrets", "secretstores.local.file"));

        Load().For("orders").Components.Select(component => component.Name).ShouldBe(["secrets", "open", "ours"]);
    }

    private static string Component(string name, string type = "state.in-memory") =>
        $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {{name: {name}}}\nspec:\n  type: {type}\n  version: v1\n";

    private ResourceSet Load() => ResourceLoader.Load([folder.Root]);
}
