using System.Text;
using CloudNative.Local.PubSub.Subscribing;
using CloudNative.Local.Resources;

namespace CloudNative.Local.Tests.PubSub;

public sealed class ReadingTheAnswerToSubscribe
{
    [Fact]
    public void an_item_with_all_members_is_read_whole()
    {
        var read = Read("""
            [{"pubsubname":"p","topic":"t","deadLetterTopic":"d","metadata":{"k":"v","rawPayload":"true"},"bulkSubscribe":{"enabled":true},
              "routes":{"rules":[{"match":"event.type == 'x'","path":"/x"}],"default":"/rest"}}]
            """).ShouldHaveSingleItem();

        read.ShouldSatisfyAllConditions(
            () => read.PubSubName.ShouldBe("p"),
            () => read.Topic.ShouldBe("t"),
            () => read.DeadLetterTopic.ShouldBe("d"),
            () => read.Metadata["k"].ShouldBe("v"),
            () => read.IsRaw.ShouldBeTrue(),
            () => read.Bulk.ShouldBe(new BulkWindow(100, TimeSpan.FromSeconds(1))),
            () => read.Rules.Select(rule => (rule.Match, rule.Path)).ShouldBe([("event.type == 'x'", "/x"), ("", "/rest")]));
    }

    [Fact]
    public void member_names_match_in_any_case() =>
        Read("""[{"pubsubName":"p","TOPIC":"t","Route":"r","extra":1}]""").ShouldHaveSingleItem().Rules.Single().RequestPath.ShouldBe("/r");

    [Theory]
    [InlineData("""{"enabled":true,"maxMessagesCount":3,"maxAwaitDurationMs":250}""", 3, 250)]
    [InlineData("""{"Enabled":true,"MAXMESSAGESCOUNT":0,"maxAwaitDurationMs":-1}""", 100, 1000)]
    [InlineData("""{"enabled":true,"maxMessagesCount":null}""", 100, 1000)]
    public void a_bulk_window_has_what_is_above_zero_and_else_the_defaults(string bulk, int messages, int milliseconds) =>
        Read($$"""[{"topic":"t","route":"/r","bulkSubscribe":{{bulk}}}]""").Single().Bulk.ShouldBe(new BulkWindow(messages, TimeSpan.FromMilliseconds(milliseconds)));

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"enabled":false,"maxMessagesCount":3}""")]
    public void without_enabled_events_come_one_by_one(string bulk) =>
        Read($$"""[{"topic":"t","route":"/r","bulkSubscribe":{{bulk}}}]""").Single().Bulk.ShouldBeNull();

    [Fact]
    public void an_item_without_route_or_topic_is_left_out_alone() =>
        Read("""[{"pubsubname":"p","topic":"a"},{"pubsubname":"p","route":"/b"},{"pubsubname":"p","topic":"c","route":"/c"}]""")
            .Select(one => one.Topic).ShouldBe(["c"]);

    [Theory]
    [InlineData("""{"routes":{"rules":[],"default":"/d"},"route":"/r"}""", "/d")]
    [InlineData("""{"routes":{"rules":[]},"route":"/r"}""", "/r")]
    [InlineData("""{"routes":null,"route":"/r"}""", "/r")]
    public void routes_default_beats_route(string item, string path) =>
        Read($"[{item.Insert(1, "\"topic\":\"t\",")}]").Single().Rules.Single().Path.ShouldBe(path);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    public void nothing_is_no_subscription(string body) => Read(body).ShouldBeEmpty();

    [Theory]
    [InlineData("""{"pubsubname":"p","topic":"t","route":"/r"}""")]
    [InlineData("[{")]
    [InlineData("""[{"topic":7,"route":"/r"}]""")]
    [InlineData("""[{"topic":"t","route":"/r","metadata":{"k":true}}]""")]
    [InlineData("""["t"]""")]
    [InlineData("""[{"topic":"t","route":"/r","bulkSubscribe":{"enabled":"yes"}}]""")]
    [InlineData("""[{"topic":"t","route":"/r","bulkSubscribe":{"enabled":true,"maxMessagesCount":1.5}}]""")]
    public void what_is_no_list_of_subscriptions_counts_for_nothing(string body) => Should.Throw<SubscriptionListException>(() => Read(body));

    [Fact]
    public void one_rule_that_is_not_understood_spoils_the_list() => Should.Throw<RoutingRuleException>(() => Read("""
        [{"pubsubname":"p","topic":"good","route":"/good"},
         {"pubsubname":"p","topic":"bad","routes":{"rules":[{"match":"event.type ==","path":"/x"}],"default":"/bad"}}]
        """));

    private static IReadOnlyList<TopicSubscription> Read(string body) => ProgrammaticSubscriptions.Read(Encoding.UTF8.GetBytes(body));
}

public sealed class MergingSubscriptions
{
    [Fact]
    public void the_apps_own_beats_a_declared_one_the_first_declared_and_the_last_own_win()
    {
        var merged = TopicSubscription.Merge(
            [.. Own("both", "/declared"), .. Own("twice", "/first"), .. Own("twice", "/second"), .. Own("only", "/only")],
            [.. Own("both", "/p1"), .. Own("both", "/p2"), .. Own("mine", "/mine")]);

        merged.Select(one => (one.Topic, one.Rules.Single().Path)).ShouldBe(
            [("both", "/p2"), ("twice", "/first"), ("only", "/only"), ("mine", "/mine")], ignoreOrder: true);
    }

    private static IReadOnlyList<TopicSubscription> Own(string topic, string route) =>
        ProgrammaticSubscriptions.Read(Encoding.UTF8.GetBytes($$"""[{"pubsubname":"p","topic":"{{topic}}","route":"{{route}}"}]"""));
}

public sealed class ReadingSubscriptionResources : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("subscriptions-");

    [Fact]
    public void both_versions_are_understood()
    {
        Write("a.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Subscription\nmetadata: {name: one}\nspec: {pubsubname: p, topic: one, route: /one, deadLetterTopic: dead}\n");
        Write("b.yaml", "apiVersion: dapr.io/v2alpha1\nkind: Subscription\nmetadata: {name: two}\nspec:\n  pubsubname: p\n  topic: two\n  metadata: {rawPayload: \"true\"}\n  routes:\n    rules:\n    - {match: event.n > 1, path: /x}\n    default: /rest\n");

        Read().Select(one => (one.Topic, string.Join(' ', one.Rules.Select(rule => rule.Path)), one.DeadLetterTopic, one.IsRaw))
            .ShouldBe([("one", "/one", "dead", false), ("two", "/x /rest", "", true)]);
    }

    [Fact]
    public void each_version_reads_its_own_members_only()
    {
        Write("a.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Subscription\nmetadata: {name: one}\nspec: {pubsubname: p, topic: one, route: /one, routes: {default: /two}}\n");
        Write("b.yaml", "apiVersion: dapr.io/v2alpha1\nkind: Subscription\nmetadata: {name: two}\nspec: {pubsubname: p, topic: two, route: /one}\n");
        Write("c.yaml", "apiVersion: dapr.io/v3\nkind: Subscription\nmetadata: {name: three}\nspec: {pubsubname: p, topic: three, routes: {default: /three}}\n");

        Read().Select(one => (one.Topic, one.Rules.Single().Path)).ShouldBe([("one", "/one")]);
    }

    [Fact]
    public void bulk_windows_are_read_in_both_versions()
    {
        Write("a.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Subscription\nmetadata: {name: one}\nspec: {pubsubname: p, topic: one, route: /one, bulkSubscribe: {enabled: true}}\n");
        Write("b.yaml", "apiVersion: dapr.io/v2alpha1\nkind: Subscription\nmetadata: {name: two}\nspec: {pubsubname: p, topic: two, routes: {default: /two}, bulkSubscribe: {enabled: true, maxMessagesCount: 5, maxAwaitDurationMs: 20}}\n");

        Read().Select(one => one.Bulk).ShouldBe([new BulkWindow(100, TimeSpan.FromSeconds(1)), new BulkWindow(5, TimeSpan.FromMilliseconds(20))]);
    }

    [Fact]
    public void a_rule_that_is_not_understood_is_fatal_and_named_with_its_file()
    {
        Write("bad.yaml", "apiVersion: dapr.io/v2alpha1\nkind: Subscription\nmetadata: {name: s}\nspec:\n  pubsubname: p\n  topic: t\n  routes: {rules: [{match: 'event.type ==', path: /x}]}\n");

        var refused = Should.Throw<ResourceException>(() => DeclarativeSubscriptions.From(ResourceLoader.Load([folder.FullName]).Documents));

        refused.Message.ShouldContain("bad.yaml");
        refused.Message.ShouldContain("'event.type =='");
    }

    public void Dispose() => folder.Delete(recursive: true);

    private IReadOnlyList<TopicSubscription> Read() => DeclarativeSubscriptions.From(ResourceLoader.Load([folder.FullName]).Documents);

    private void Write(string name, string yaml) => File.WriteAllText(Path.Combine(folder.FullName, name), yaml);
}
