using CloudNative.Local.Resources;
using CloudNative.Local.State;
using Microsoft.Data.Sqlite;
using static CloudNative.Local.Tests.State.Operations;

namespace CloudNative.Local.Tests.State;

public sealed class KeepingStateInAFile : AStateStore
{
    [Fact]
    public async Task the_file_is_one_that_daprd_makes()
    {
        await Store.ApplyAsync(Set("a", "{\"n\":1}", ttl: "100"), Ct);
        await Store.ApplyAsync(Set("b", "hi") with { IsBinary = true }, Ct);

        Query("select name from sqlite_master order by name").ShouldBe(["metadata", "sqlite_autoindex_metadata_1", "sqlite_autoindex_state_1", "state"]);
        Query("select key || '=' || value || typeof(value) from metadata").ShouldBe(["migrations=1text"]);
        Query("pragma journal_mode").ShouldBe(["wal"]);
        Query("select name || ' ' || type || ' ' || \"notnull\" || ' ' || ifnull(dflt_value, '-') || ' ' || pk from pragma_table_info('state')").ShouldBe(
        [
            "key TEXT 1 - 1", "value TEXT 1 - 0", "is_binary BOOLEAN 1 - 0", "etag TEXT 1 - 0",
            "expiration_time TIMESTAMP 0 NULL 0", "update_time TIMESTAMP 1 CURRENT_TIMESTAMP 0",
        ]);
        Query("select key || value || typeof(value) || is_binary || typeof(is_binary) || ifnull(expiration_time, '-') || update_time from state order by key")
            .ShouldBe(["a{\"n\":1}text0integer2026-03-01 12:01:402026-03-01 12:00:00", "baGk=text1integer-2026-03-01 12:00:00"]);
    }

    [Fact]
    public async Task a_mismatch_adds_no_text_of_its_own()
    {
        var mismatch = await Should.ThrowAsync<EtagMismatchException>(async () => await Store.ApplyAsync(Set("a", "1", "x"), Ct));
        mismatch.Message.ShouldBe("");
    }

    [Fact]
    public async Task rows_that_another_program_writes_are_served_with_their_own_etags_and_text()
    {
        Execute("insert into state (key, value, is_binary, etag) values ('plain', '{ \"n\": 5 }', 0, 'any text'), ('bytes', 'aGk=', 1, '7')");
        Execute("insert into state (key, value, is_binary, etag, expiration_time) values ('later', '1', 0, '9', '2100-01-01 00:00:00')");

        (await Store.GetAsync("plain", Ct)).Text().ShouldBe("{ \"n\": 5 }");
        (await Store.GetAsync("bytes", Ct)).Text().ShouldBe("hi");
        (await Store.GetAsync("later", Ct))!.ExpiresAt.ShouldBe(new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await Store.ApplyAsync(Set("plain", "6", "any text"), Ct);
        (await Store.GetAsync("plain", Ct)).Text().ShouldBe("6");
    }

    [Fact]
    public async Task bulk_get_answers_found_rows_by_key_once_and_then_the_missing_in_the_order_asked()
    {
        foreach (var key in (string[])["c", "a", "b"])
            await Store.ApplyAsync(Set(key, "1"), Ct);

        var rows = await Store.GetBulkAsync(["c", "x", "a", "w", "b", "a", "x"], Ct);

        rows.Select(row => row.Key).ShouldBe(["a", "b", "c", "x", "w", "x"]);
        rows.Count(row => row.Etag is null).ShouldBe(3);
    }

    [Fact]
    public async Task an_expired_row_is_still_deleted_under_its_etag()
    {
        await Store.ApplyAsync(Set("a", "1", ttl: "5"), Ct);
        var etag = (await Store.GetAsync("a", Ct))!.Etag;
        Folder.Time.Advance(TimeSpan.FromSeconds(6));

        await Store.ApplyAsync(Delete("a", etag), Ct);

        Query("select count(*) from state").ShouldBe(["0"]);
    }

    [Fact]
    public async Task the_second_write_of_a_key_under_its_first_etag_fails_the_transaction()
    {
        await Store.ApplyAsync(Set("a", "1"), Ct);
        var etag = (await Store.GetAsync("a", Ct))!.Etag;

        await Should.ThrowAsync<EtagMismatchException>(async () => await Store.TransactAsync([Set("a", "2", etag), Set("a", "3", etag)], Ct));

        (await Store.GetAsync("a", Ct))!.Etag.ShouldBe(etag);
        await Store.TransactAsync([Delete("a"), Set("a", "4", concurrency: "first-write")], Ct);
        (await Store.GetAsync("a", Ct)).Text().ShouldBe("4");
    }

    [Theory]
    [InlineData("-2", "error parsing TTL: incorrect value for metadata 'ttlInSeconds': must be -1 or greater")]
    [InlineData("2147483648", "error parsing TTL: incorrect value for metadata 'ttlInSeconds': must be -1 or greater")]
    [InlineData("1.5", "error parsing TTL: incorrect value for metadata 'ttlInSeconds': strconv.ParseInt: parsing \"1.5\": invalid syntax")]
    [InlineData("99999999999999999999", "error parsing TTL: incorrect value for metadata 'ttlInSeconds': strconv.ParseInt: parsing \"99999999999999999999\": value out of range")]
    public async Task a_ttl_out_of_its_range_is_refused(string ttl, string expected) =>
        (await Should.ThrowAsync<ComponentException>(async () => await Store.ApplyAsync(Set("a", "1", ttl: ttl), Ct))).Message.ShouldBe(expected);

    [Fact]
    public async Task what_was_acknowledged_is_there_after_a_restart_and_the_log_files_are_gone_after_a_stop()
    {
        await Store.ApplyAsync(Set("a", "1"), Ct);
        await Store.DisposeAsync();
        Directory.GetFiles(Folder.Path).Select(Path.GetFileName).ShouldBe(["things.db"]);

        await InitializeAsync();

        (await Store.GetAsync("a", Ct)).Text().ShouldBe("1");
    }

    [Fact]
    public async Task two_components_on_one_file_are_one_store_with_one_writer_however_the_path_is_spelt()
    {
        await using var other = await MakeAsync($"file:{Folder.Path}/../{Path.GetFileName(Folder.Path)}/things.db?_txlock=immediate");
        var saves = Enumerable.Range(0, 400).Select(i => (i % 2 == 0 ? Store : other).ApplyAsync(Set($"k{i}", "1"), Ct).AsTask());

        await Task.WhenAll(saves);

        Query("select count(*) from state").ShouldBe(["400"]);
        (await other.GetAsync("k0", Ct)).Text().ShouldBe("1");
    }

    [Fact]
    public async Task a_table_that_was_never_made_is_an_error_of_the_store()
    {
        var component = AFolder.Component("state.sqlite", ("connectionString", "things.db"), ("tableName", "other"));
        await using var other = await SqliteStateStore.CreateAsync(component, Folder.Context, Ct);

        (await Should.ThrowAsync<ComponentException>(async () => await other.GetAsync("a", Ct))).Message.ShouldBe("SQL logic error: no such table: other (1)");
        (await Should.ThrowAsync<ComponentException>(async () => await other.ApplyAsync(Set("a", "1"), Ct))).Message.ShouldBe("SQL logic error: no such table: other (1)");
        await Store.ApplyAsync(Set("a", "1"), Ct);
    }

    [Fact]
    public async Task expired_rows_are_deleted_at_the_cleanup_interval()
    {
        var component = AFolder.Component("state.sqlite", ("connectionString", "things.db"), ("cleanupInterval", "1m"));
        await using var cleaning = await SqliteStateStore.CreateAsync(component, Folder.Context, Ct);
        await cleaning.ApplyAsync(Set("a", "1", ttl: "5"), Ct);
        await cleaning.ApplyAsync(Set("b", "1"), Ct);

        Folder.Time.Advance(TimeSpan.FromMinutes(1));

        var deadline = TimeProvider.System.GetTimestamp();
        while (Query("select count(*) from state")[0] != "1")
        {
            TimeProvider.System.GetElapsedTime(deadline).ShouldBeLessThan(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }
        Query("select count(*) from metadata where key = 'last-cleanup'").ShouldBe(["1"]);
    }

    [Theory]
    [InlineData("file::memory:")]
    [InlineData(":memory:")]
    public async Task a_database_in_memory_belongs_to_its_component(string connection)
    {
        await using var one = await MakeAsync(connection);
        await using var two = await MakeAsync(connection);
        await one.ApplyAsync(Set("a", "1"), Ct);

        (await one.GetAsync("a", Ct)).Text().ShouldBe("1");
        (await two.GetAsync("a", Ct)).ShouldBeNull();
    }

    [Theory]
    [InlineData("connectionString", "", "connectionString", "must not be empty")]
    [InlineData("connectionString", "missing/things.db", "connectionString", "does not exist; create it")]
    [InlineData("connectionString", "file:x.db?_pragma=busy_timeout(1)", "connectionString", "is not served here; remove it")]
    [InlineData("timeout", "soon", "timeout", "invalid duration \"soon\"; write")]
    [InlineData("timeout", "10ms", "timeout", "less than a second")]
    [InlineData("tableName", "a-b", "tableName", "invalid table name 'a-b'")]
    public async Task wrong_metadata_is_refused_by_key_and_with_a_remedy(string key, string value, string named, string reason)
    {
        var metadata = new Dictionary<string, string> { ["connectionString"] = "other.db", [key] = value };
        var component = AFolder.Component("state.sqlite", [.. metadata.Select(m => (m.Key, m.Value))]);

        var refusal = await Should.ThrowAsync<ComponentInitException>(async () => await SqliteStateStore.CreateAsync(component, Folder.Context, Ct));

        refusal.Message.ShouldContain($"'{named}'");
        refusal.Message.ShouldContain(reason);
    }

    [Fact]
    public async Task a_file_that_is_no_database_is_refused()
    {
        await File.WriteAllTextAsync(Folder.File("text.db"), new string('x', 5000), Ct);

        var refusal = await Should.ThrowAsync<ComponentInitException>(async () => await MakeAsync("text.db"));

        refusal.Message.ShouldContain("file is not a database");
    }

    private protected override ValueTask<IStateComponent> MakeAsync() => MakeAsync("things.db");

    private ValueTask<IStateComponent> MakeAsync(string connection) =>
        SqliteStateStore.CreateAsync(AFolder.Component("state.sqlite", ("connectionString", connection)), Folder.Context, Ct);

    private void Execute(string sql) => Query(sql);

    private List<string> Query(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Folder.File("things.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
            rows.Add(reader.GetString(0));
        return rows;
    }
}
