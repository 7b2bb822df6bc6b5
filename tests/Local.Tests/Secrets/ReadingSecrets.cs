using CloudNative.Local.Resources;
using CloudNative.Local.Secrets;
using CloudNative.Local.Tests.State;

namespace CloudNative.Local.Tests.Secrets;

public sealed class ReadingSecrets : IDisposable
{
    private readonly AFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task nested_names_are_flattened_and_parents_are_not_found()
    {
        var store = await FileStore("""{"plain":"p","github":{"token":"t","hook":{"secret":"w"}},"list":["a","b"],"empty":"","has:colon":"c","none":{}}""");

        store.GetAll().Keys.ShouldBe(["empty", "github:hook:secret", "github:token", "has:colon", "list:0", "list:1", "plain"]);
        store.Get("github:hook:secret").ShouldBe(new Dictionary<string, string> { ["github:hook:secret"] = "w" });
        foreach (var name in (string[])["github", "list", "PLAIN", "none"])
            Should.Throw<ComponentException>(() => store.Get(name)).Message.ShouldBe($"secret {name} not found");
    }

    [Fact]
    public async Task values_that_are_no_strings_come_out_as_daprd_prints_them()
    {
        var store = await FileStore("""{"int":12,"float":1.50,"bool":true,"nothing":null}""");

        store.GetAll().Values.Select(secret => secret.Values.Single())
            .ShouldBe(["%!s(bool=true)", "%!s(float64=1.5)", "%!s(float64=12)", "%!s(<nil>)"]);
    }

    [Fact]
    public async Task a_multi_valued_secret_keeps_its_keys_together()
    {
        var store = await FileStore("""{"plain":"p","github":{"token":"t","hook":{"secret":"w"},"list":["a"]}}""", ("multiValued", "true"), ("nestedSeparator", "."));

        store.Get("plain").ShouldBe(new Dictionary<string, string> { ["plain"] = "p" });
        store.Get("github").ShouldBe(new Dictionary<string, string> { ["token"] = "t", ["hook.secret"] = "w", ["list.0"] = "a" }, ignoreOrder: true);
    }

    [Theory]
    [InlineData("[\"s3cret\"]")]
    [InlineData("{\"a\":\"s3cret")]
    public async Task a_file_that_is_no_object_is_refused_without_a_word_of_its_content(string text)
    {
        var refusal = await Should.ThrowAsync<ComponentInitException>(async () => await FileStore(text));

        refusal.ToString().ShouldContain("'secretsFile'");
        refusal.ToString().ShouldNotContain("s3cret");
    }

    [Fact]
    public async Task a_missing_file_is_refused_with_its_path()
    {
        var component = AFolder.Component("secretstores.local.file", ("secretsFile", "missing.json"));

        var refusal = await Should.ThrowAsync<ComponentInitException>(async () => await LocalFileSecretStore.CreateAsync(component, folder.Context, Ct));

        refusal.Message.ShouldContain($"open {folder.File("missing.json")}: no such file or directory");
    }

    [Fact]
    public async Task variables_are_answered_without_their_prefix_and_the_runtimes_own_are_hidden()
    {
        var prefix = $"CN{Guid.NewGuid():N}_";
        Environment.SetEnvironmentVariable(prefix + "A", "1");
        Environment.SetEnvironmentVariable("DAPR_" + prefix, "hidden");
        await using var prefixed = LocalEnvSecretStore.Create(AFolder.Component("secretstores.local.env", ("prefix", prefix)));
        await using var all = LocalEnvSecretStore.Create(AFolder.Component("secretstores.local.env"));

        prefixed.Get("A").ShouldBe(new Dictionary<string, string> { ["A"] = "1" });
        prefixed.Get("B").ShouldBe(new Dictionary<string, string> { ["B"] = "" });
        prefixed.GetAll().Keys.ShouldBe(["A"]);
        all.Get("DAPR_" + prefix).Values.Single().ShouldBe("");
        all.GetAll().Keys.ShouldNotContain("DAPR_" + prefix);
        all.GetAll().Keys.ShouldContain(prefix + "A");
    }

    private async Task<ISecretStore> FileStore(string text, params (string, string)[] metadata)
    {
        await File.WriteAllTextAsync(folder.File("secrets.json"), text, Ct);
        var component = AFolder.Component("secretstores.local.file", [("secretsFile", "secrets.json"), .. metadata]);
        return await LocalFileSecretStore.CreateAsync(component, folder.Context, Ct);
    }
}
