using System.Text;
using System.Text.Json.Nodes;
using CloudNative.BuildingBlocks.Hosting;
using CloudNative.SearchBff.Indexing;
using CloudNative.SearchBff.OpenSearch;
using static CloudNative.SearchBff.Tests.Embedded.AnEmbeddedIndex;

namespace CloudNative.SearchBff.Tests.OpenSearch;

public sealed class TalkingToOpenSearch
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task makes_the_index_and_its_alias_where_there_are_none()
    {
        await using var node = await RecordedOpenSearch.StartAsync([.. RecordedOpenSearch.Exchanges("alias-swap"), .. RecordedOpenSearch.Exchanges("create-index")]);

        await node.Index.PrepareAsync(Token);

        node.Received.Select(request => request.Path).ShouldBe(["/_alias/things", "/things-1"]);
        JsonNode.Parse(node.Received[1].Body)!["aliases"]!.ToJsonString().ShouldBe("""{"things":{}}""");
    }

    [Fact]
    public async Task takes_the_index_that_another_replica_made_meanwhile()
    {
        await using var node = await RecordedOpenSearch.StartAsync(
            [.. RecordedOpenSearch.Exchanges("alias-swap"), .. RecordedOpenSearch.Exchanges("create-index", "second creator")]);

        await node.Index.PrepareAsync(Token);

        node.Received.Select(request => request.Path).ShouldBe(["/_alias/things", "/things-1", "/_alias/things"]);
    }

    [Fact]
    public async Task searches_by_score_then_id_and_knows_that_more_follows()
    {
        await using var node = await RecordedOpenSearch.OfAsync("search");

        var page = await node.Index.SearchAsync(new SearchRequest("boots", 1, null), Token);

        page.Things.ShouldBe([new FoundThing("t1", "Red hiking boots", "Waterproof boots for long walks in the hills", 1.8652146)]);
        page.Next.ShouldBe(new SearchPosition(1.8652146, "t1", null));
        var sent = JsonNode.Parse(node.Received.Single().Body)!;
        var recorded = RecordedFile.Read("search")["steps"]![0]!["send"]!["json"]!;
        JsonNode.DeepEquals(sent, recorded).ShouldBeTrue(sent.ToJsonString());
    }

    [Fact]
    public async Task S7_goes_on_behind_the_place_it_was_told_with_the_number_that_came()
    {
        await using var node = await RecordedOpenSearch.OfAsync("search-after");

        var page = await node.Index.SearchAsync(new SearchRequest("shoes", 1, new SearchPosition(0.40059313, "t7", null)), Token);

        page.Things.Select(thing => thing.Id).ShouldBe(["t3"]);
        page.Next.ShouldBeNull();
        node.Received.Single().Body.ShouldContain("""[0.40059313,"t7"]""");
    }

    [Theory]
    [InlineData("search-bad-syntax")]
    [InlineData("search-empty-query")]
    [InlineData("search-fuzzy")]
    [InlineData("search-prefix")]
    [InlineData("search-unicode")]
    public async Task S6_every_recorded_text_is_an_answer(string recording)
    {
        var texts = RecordedOpenSearch.Exchanges(recording)
            .Where(exchange => exchange.Path.StartsWith("/things/_search", StringComparison.Ordinal))
            .Select(exchange => exchange.Body?.SingleOrDefault()?["query"]?["bool"]?["must"]?["simple_query_string"] as JsonObject)
            .Where(query => query is { Count: 3 })
            .Select(query => query!["query"]!.GetValue<string>())
            .ToList();
        await using var node = await RecordedOpenSearch.StartAsync(RecordedOpenSearch.Exchanges(recording).Select(WithoutHits));

        foreach (var text in texts.Where(text => !text.StartsWith('<')))
            (await node.Index.SearchAsync(new SearchRequest(text, 10, null), Token)).Next.ShouldBeNull(text);

        texts.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("search-partial", "/things/_search")]
    [InlineData("index-blocked", "/things/_search")]
    public async Task S10_a_search_that_lacks_hits_is_not_answered(string recording, string path)
    {
        await using var node = await RecordedOpenSearch.StartAsync(RecordedOpenSearch.Exchanges(recording).Where(exchange => exchange.Path == path));

        await Should.ThrowAsync<DependencyUnavailableException>(async () => await node.Index.SearchAsync(new SearchRequest("boots", 10, null), Token));
    }

    [Fact]
    public async Task S4_reads_the_verdict_on_each_item_of_a_mixed_bulk()
    {
        var mixed = RecordedFile.Read("bulk-mixed")["steps"]![0]!;
        var missing = mixed["answer"]!["json"]!["items"]!.AsArray().Single(item => item!.AsObject().ContainsKey("update"))!.ToJsonString();
        await using var node = await RecordedOpenSearch.StartAsync(
        [
            RecordedOpenSearch.Exchanges("bulk-mixed")[0],
            // The one item that is tried again gets the same answer alone.
            new Exchange("POST", "/things/_bulk", null, 200, "application/json", $$"""{"took":1,"errors":true,"items":[{{missing}}]}"""),
        ]);
        var lines = mixed["send"]!["text"]!.GetValue<string>().Split('\n', StringSplitOptions.RemoveEmptyEntries);

        var results = await node.Bulk.WriteAsync("things", Items(lines), Token);

        results.Select(result => (result.Verdict, result.Reason)).ShouldBe(
        [
            (IndexVerdict.Done, null), (IndexVerdict.Done, null), (IndexVerdict.Done, null),
            (IndexVerdict.Refused, "strict_dynamic_mapping_exception"), (IndexVerdict.Refused, "mapper_parsing_exception"),
            (IndexVerdict.Done, null), (IndexVerdict.Done, null), (IndexVerdict.Done, null), (IndexVerdict.Done, null),
            (IndexVerdict.TryAgain, "404 document_missing_exception"), (IndexVerdict.Done, null),
        ]);
    }

    [Fact]
    public async Task S4_sends_only_the_items_again_that_were_refused_for_the_moment()
    {
        var items = RecordedFile.Read("bulk-item-429")["steps"]![0]!["answer"]!["json"]!["items"]!.AsArray();
        var written = items[0]!.ToJsonString();
        await using var node = await RecordedOpenSearch.StartAsync(
        [
            new Exchange("POST", "/things/_bulk", null, 200, "application/json", $$"""{"took":1,"errors":true,"items":{{items.ToJsonString()}}}"""),
            new Exchange("POST", "/things/_bulk", null, 200, "application/json", $$"""{"took":1,"errors":false,"items":[{{written}}]}"""),
        ]);

        var results = await node.Bulk.WriteAsync("things", [RequestBodies.Index(Entry("n0", 1, "one")), RequestBodies.Index(Entry("n1", 1, "two"))], Token);

        results.ShouldAllBe(result => result.Verdict == IndexVerdict.Done);
        node.Received.Count.ShouldBe(2);
        node.Received[1].Body.ShouldBe("""
            {"index":{"_id":"n1","version":1,"version_type":"external"}}
            {"id":"n1","name":"two","version":1}

            """);
    }

    [Theory]
    [InlineData("bulk-missing-index", "404 index_not_found_exception")]
    [InlineData("index-blocked", "429 cluster_block_exception")]
    public async Task S10_an_item_that_finds_no_place_is_tried_again_and_never_given_up(string recording, string reason)
    {
        await using var node = await RecordedOpenSearch.StartAsync(
            [.. RecordedOpenSearch.Exchanges(recording).Where(exchange => exchange.Path.StartsWith("/things/_bulk", StringComparison.Ordinal)).Take(1)]);

        var results = await node.Bulk.WriteAsync("things", Items(["""{"index":{"_id":"n1"}}""", """{"id":"n1","name":"Thing","version":1}"""]), Token);

        results.ShouldBe([new IndexResult(IndexVerdict.TryAgain, reason)]);
        node.Received.Count.ShouldBeGreaterThan(2);
    }

    [Theory]
    [InlineData("too-many-requests-breaker")]
    [InlineData("too-many-requests-pressure")]
    public async Task S4_sends_smaller_requests_where_a_request_was_too_much(string recording)
    {
        var refusal = RecordedOpenSearch.Exchanges(recording).First(exchange => exchange.Path == "/things/_bulk");
        await using var node = await RecordedOpenSearch.StartAsync([refusal]);

        var results = await node.Bulk.WriteAsync("things", [.. Enumerable.Range(0, 4).Select(n => RequestBodies.Index(Entry($"n{n}", 1, "thing")))], Token);

        results.ShouldAllBe(result => result.Verdict != IndexVerdict.Done);
        if (recording == "too-many-requests-breaker")
            node.Received[^1].Body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(2);
    }

    [Fact]
    public async Task S3_a_deletion_is_an_entry_without_text_that_an_older_one_cannot_replace()
    {
        RequestBodies.Index(Tombstone("t1", 3, 1_700_000_000_000)).Source.ShouldBe(Encoding.UTF8.GetBytes("""{"id":"t1","version":3,"deletedAt":1700000000000}"""));
        await using var node = await RecordedOpenSearch.OfAsync("soft-delete");
        var late = RecordedFile.Read("soft-delete")["steps"]!.AsArray().Single(step => step!["says"]?.GetValue<string>() == "late upsert")!["answer"]!["json"]!;

        var verdict = BulkWriter.ResultOf(System.Text.Json.JsonSerializer.SerializeToElement(late));
        await node.Index.PurgeAsync(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_001), Token);

        verdict.ShouldBe(IndexResult.Done);
        node.Received.Single().Path.ShouldStartWith("/things/_delete_by_query?conflicts=proceed");
    }

    [Fact]
    public async Task a_refresh_is_asked_for_behind_a_deletion()
    {
        await using var node = await RecordedOpenSearch.OfAsync("refresh");

        await node.Index.RefreshAsync(Token);

        node.Received.Single().Path.ShouldBe("/things/_refresh");
    }

    [Fact]
    public async Task S9_switches_in_one_call_that_the_second_of_two_loses()
    {
        var swap = RecordedOpenSearch.Exchanges("alias-swap");
        var building = new Exchange("GET", "/_alias/things-building", [], 200, "application/json", """{"things-2":{"aliases":{"things-building":{}}}}""");
        var current = new Exchange("GET", "/_alias/things", [], 200, "application/json", """{"things-1":{"aliases":{"things":{}}}}""");
        var lost = swap.First(exchange => exchange.Answer.Contains("aliases_not_found_exception", StringComparison.Ordinal)) with { Body = null };
        await using var node = await RecordedOpenSearch.StartAsync([building, current, lost]);

        await node.Index.SwitchAsync(Token);

        node.Received[^1].Body.ShouldBe(
            """{"actions":[{"remove":{"index":"things-1","alias":"things","must_exist":true}},{"add":{"index":"things-2","alias":"things"}},{"remove":{"index":"things-2","alias":"things-building"}}]}""");
    }

    [Fact]
    public async Task S10_a_node_without_a_cluster_manager_is_away()
    {
        var health = RecordedOpenSearch.Exchanges("no-cluster-manager").First(exchange => exchange.Status == 503);
        await using var node = await RecordedOpenSearch.StartAsync([health with { Method = "GET", Path = "/_alias/things", Body = [] }]);

        await Should.ThrowAsync<DependencyUnavailableException>(async () => await node.Index.PrepareAsync(Token));
    }

    [Fact]
    public async Task S10_a_refused_login_is_trouble_and_not_an_empty_answer()
    {
        var refusal = RecordedOpenSearch.Exchanges("auth-basic").First(exchange => exchange.Status == 401);
        await using var node = await RecordedOpenSearch.StartAsync([refusal with { Method = "POST", Path = "/things/_search", Body = null }]);

        var failure = await Should.ThrowAsync<DependencyUnavailableException>(async () => await node.Index.SearchAsync(new SearchRequest("boots", 1, null), Token));

        failure.Message.ShouldContain("401");
    }

    // Recorded without the sort values that the adapter's own searches ask for.
    private static Exchange WithoutHits(Exchange exchange)
    {
        var answer = exchange.Answer.StartsWith('{') ? JsonNode.Parse(exchange.Answer)! : new JsonObject();
        answer["hits"]?.AsObject().Remove("hits");
        return exchange with { Answer = answer.ToJsonString() };
    }

    private static List<BulkItem> Items(IReadOnlyList<string> lines)
    {
        var items = new List<BulkItem>();
        for (var line = 0; line < lines.Count; line++)
        {
            var action = Encoding.UTF8.GetBytes(lines[line]);
            items.Add(lines[line].StartsWith("{\"delete\"", StringComparison.Ordinal) ? new BulkItem(action, []) : new BulkItem(action, Encoding.UTF8.GetBytes(lines[++line])));
        }

        return items;
    }
}
