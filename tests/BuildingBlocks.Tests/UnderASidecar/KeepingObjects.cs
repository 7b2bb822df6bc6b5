using System.Text;
using CloudNative.BuildingBlocks.Buckets;
using CloudNative.TestKit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CloudNative.BuildingBlocks.Tests.UnderASidecar;

/// <summary>The traps of the storage bindings that concern a service, by their number in the list of traps.</summary>
public sealed class KeepingObjects : IAsyncLifetime
{
    private RunningSidecar sidecar = null!;
    private ServiceProvider services = null!;

    private IBucket Bucket => services.GetRequiredService<IBucket>();

    public async ValueTask InitializeAsync()
    {
        sidecar = await RunningSidecar.StartAsync("search-bff", [Components.Bucket], TestContext.Current.CancellationToken);
        services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddCommandLine([.. sidecar.Settings]).Build())
            .AddDaprBucket("things-bucket")
            .BuildServiceProvider();
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await sidecar.DisposeAsync();
    }

    [Theory]
    [InlineData("""{"name":"thing three","n":12345678901234567890,"text":"<&>\u00e9"}""")]
    [InlineData("{\"a\":1}\n{\"a\":2}\n")]
    [InlineData("[]")]
    public async Task trap_14_an_object_comes_back_byte_by_byte(string content)
    {
        await Bucket.PutAsync("2018/thing.json", Encoding.UTF8.GetBytes(content), TestContext.Current.CancellationToken);

        Encoding.UTF8.GetString((await Bucket.GetAsync("2018/thing.json", TestContext.Current.CancellationToken))!.Value.Span).ShouldBe(content);
    }

    [Theory]
    [InlineData("abcd")]
    [InlineData("\"quoted\"")]
    [InlineData("")]
    public async Task trap_14_what_a_binding_would_change_is_refused_before_it_is_sent(string content)
    {
        await Should.ThrowAsync<ArgumentException>(Bucket.PutAsync("thing", Encoding.UTF8.GetBytes(content), TestContext.Current.CancellationToken).AsTask());

        (await Bucket.GetAsync("thing", TestContext.Current.CancellationToken)).ShouldBeNull();
    }

    [Fact]
    public async Task trap_14_a_missing_object_is_no_failure()
    {
        (await Bucket.GetAsync("missing", TestContext.Current.CancellationToken)).ShouldBeNull();

        await Bucket.DeleteAsync("missing", TestContext.Current.CancellationToken);
    }
}
