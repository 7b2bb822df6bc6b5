using System.Text.Json;

namespace CloudNative.Local.Tests.Sidecars;

public sealed class DescribingASidecar
{
    [Fact]
    public async Task its_components_and_attributes_are_listed()
    {
        await using var sidecar = await RunningSidecar.StartAsync(Given.State());
        var put = await sidecar.SendRawAsync("PUT /v1.0/metadata/team", body: "blue");
        await sidecar.SendRawAsync("PUT /v1.0/metadata/daprRuntimeVersion", body: "9.9");

        var answer = await sidecar.SendRawAsync("GET /v1.0/metadata");

        put.Status.ShouldBe(204);
        answer.Status.ShouldBe(200);
        using var metadata = JsonDocument.Parse(answer.Body);
        var root = metadata.RootElement;
        root.GetProperty("id").GetString().ShouldBe("things-bff");
        root.GetProperty("components")[0].GetProperty("name").GetString().ShouldBe("things");
        root.GetProperty("extended").GetProperty("team").GetString().ShouldBe("blue");
        root.GetProperty("extended").GetProperty("daprRuntimeVersion").GetString().ShouldBe(root.GetProperty("runtimeVersion").GetString());
        root.TryGetProperty("subscriptions", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("dapr-force-shutdown: true\r\n", true)]
    public async Task a_request_to_end_is_answered_and_handed_on(string header, bool isForced)
    {
        await using var sidecar = await RunningSidecar.StartAsync();

        var answer = await sidecar.SendRawAsync("POST /v1.0/shutdown", header);
        var request = await sidecar.Sidecar.ShutdownRequested.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        answer.Status.ShouldBe(204);
        request.IsForced.ShouldBe(isForced);
    }
}
