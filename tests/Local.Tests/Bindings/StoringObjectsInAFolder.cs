using System.Text;
using CloudNative.Local.Bindings;
using CloudNative.Local.Resources;
using CloudNative.Local.Tests.State;

namespace CloudNative.Local.Tests.Bindings;

public sealed class StoringObjectsInAFolder : IAsyncLifetime
{
    private readonly AFolder folder = new();
    private IOutputBinding? binding;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Root => folder.File("details");

    public ValueTask InitializeAsync()
    {
        binding = LocalStorageBinding.Create(AFolder.Component("bindings.localstorage", ("rootPath", "details")), folder.Context);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await binding!.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task create_answers_the_name_get_the_bytes_and_delete_nothing()
    {
        (await Text("create", "things/1.json", "{\"n\":1}")).ShouldBe("{\"fileName\":\"things/1.json\"}");
        (await Text("create", "things/1.json", "{\"n\":2}")).ShouldBe("{\"fileName\":\"things/1.json\"}");
        (await Text("get", "things/1.json")).ShouldBe("{\"n\":2}");
        Directory.GetFiles(Path.Combine(Root, "things")).ShouldHaveSingleItem();

        (await Invoke("delete", "things/1.json")).ShouldBeNull();

        (await Refusal("get", "things/1.json")).ShouldBe($"file not found: {Root}/things/1.json");
        (await Refusal("delete", "things/1.json")).ShouldBe($"error deleting file {Root}/things/1.json: remove {Root}/things/1.json: no such file or directory");
    }

    [Theory]
    [InlineData("\"plain text\"", "plain text")]
    [InlineData("\"line\\nnext \\\"q\\\" \\u003cé\"", "line\nnext \"q\" <é")]
    [InlineData("\"aGVsbG8=\"", "hello")]
    [InlineData("aGVs\nbG8=", "hello")]
    [InlineData("aGVs bG8=", "aGVs bG8=")]
    [InlineData("aGVsbG8", "aGVsbG8")]
    [InlineData("'a'", "a")]
    [InlineData("'ab'", "'ab'")]
    [InlineData("`raw`", "raw")]
    [InlineData("\"abc\"", "abc")]
    [InlineData("\"\"", "")]
    [InlineData("", "")]
    [InlineData("\"\\x41\\101\\U0001F600\"", "AA😀")]
    [InlineData("\"\\q\"", "\"\\q\"")]
    public async Task data_is_unquoted_and_decoded_as_far_as_go_can(string data, string expected)
    {
        await Text("create", "x", data);
        (await Text("get", "x")).ShouldBe(expected);
    }

    [Theory]
    [InlineData("a/b/c.txt", "a/b/c.txt")]
    [InlineData("/abs.txt", "abs.txt")]
    [InlineData("./dot.txt", "dot.txt")]
    [InlineData("x//y.txt", "x/y.txt")]
    [InlineData("trailing/", "trailing")]
    [InlineData("../../etc/passwd", "etc/passwd")]
    [InlineData("a/../../b.txt", "b.txt")]
    [InlineData("ünï<.txt", "ünï\\u003c.txt")]
    public async Task names_are_cleaned_and_never_leave_the_root(string name, string expected) =>
        (await Text("create", name, "v-")).ShouldBe($"{{\"fileName\":\"{expected}\"}}");

    [Fact]
    public async Task a_link_that_leads_out_is_refused()
    {
        Directory.CreateSymbolicLink(Path.Combine(Root, "out"), folder.Path);

        (await Refusal("create", "out/x", "1")).ShouldContain("leads out of");
        File.Exists(folder.File("x")).ShouldBeFalse();
    }

    [Fact]
    public async Task list_walks_folders_in_order_and_hides_what_is_being_written()
    {
        (await Text("list", "")).ShouldBe("null");
        foreach (var name in (string[])["b.json", "a/2.json", "a/1.json", "a/deep/x.json"])
            await Text("create", name, "v-");
        await File.WriteAllTextAsync(Path.Combine(Root, $".writing-{Guid.NewGuid()}"), "half", Ct);

        (await Text("list", "")).ShouldBe($"[\"{Root}/a/1.json\",\"{Root}/a/2.json\",\"{Root}/a/deep/x.json\",\"{Root}/b.json\"]");
        (await Text("list", "a/deep")).ShouldBe($"[\"{Root}/a/deep/x.json\"]");
        (await Refusal("list", "b.json")).ShouldBe($"unable to list files as the file specified is not a directory: {Root}/b.json");
        (await Refusal("list", "missing")).ShouldBe($"error getting stats for path {Root}/missing: stat {Root}/missing: no such file or directory");
    }

    [Fact]
    public async Task folders_and_files_in_each_others_place_are_refused_in_the_systems_words()
    {
        await Text("create", "a/b.txt", "x");

        (await Refusal("create", "a", "x")).ShouldBe($"error creating file {Root}/a: open {Root}/a: is a directory");
        (await Refusal("create", "a/b.txt/below", "x")).ShouldBe($"error creating directory {Root}/a/b.txt: mkdir {Root}/a/b.txt: not a directory");
        (await Refusal("get", "a")).ShouldBe($"error reading file {Root}/a: read {Root}/a: is a directory");
        (await Refusal("delete", "a")).ShouldBe($"error deleting file {Root}/a: remove {Root}/a: directory not empty");
        (await Refusal("get", "a/b.txt/below")).ShouldBe($"error opening path {Root}/a/b.txt/below: open {Root}/a/b.txt/below: not a directory");
        (await Refusal("delete", "a/b.txt/below")).ShouldBe($"error deleting file {Root}/a/b.txt/below: remove {Root}/a/b.txt/below: not a directory");
    }

    [Fact]
    public async Task delete_without_a_name_removes_an_empty_root_and_create_makes_it_again()
    {
        (await Invoke("delete", "")).ShouldBeNull();
        (await Refusal("list", "")).ShouldBe($"error getting stats for path {Root}: stat {Root}: no such file or directory");
        var answer = await Text("create", "", "v-");

        Guid.TryParse(answer["{\"fileName\":\"".Length..^2], out _).ShouldBeTrue(answer);
    }

    [Theory]
    [InlineData("", "property rootPath must not be empty")]
    [InlineData("/proc/x", "belongs to the system")]
    public void a_root_that_cannot_be_is_refused_by_key(string root, string reason)
    {
        var component = AFolder.Component("bindings.localstorage", ("rootPath", root));

        var refusal = Should.Throw<ComponentInitException>(() => LocalStorageBinding.Create(component, folder.Context));

        refusal.Message.ShouldContain("'rootPath'");
        refusal.Message.ShouldContain(reason);
    }

    private async Task<BindingResponse?> Invoke(string operation, string name, string data = "") =>
        await binding!.InvokeAsync(
            new BindingRequest(operation, Encoding.UTF8.GetBytes(data), new Dictionary<string, string> { ["fileName"] = name }), Ct);

    private async Task<string> Text(string operation, string name, string data = "") =>
        Encoding.UTF8.GetString((await Invoke(operation, name, data)).ShouldNotBeNull().Data.Span);

    private async Task<string> Refusal(string operation, string name, string data = "") =>
        (await Should.ThrowAsync<ComponentException>(async () => await Invoke(operation, name, data))).Message;
}
