using CloudNative.BuildingBlocks.Faults;
using CloudNative.BuildingBlocks.Publishing;
using CloudNative.BuildingBlocks.Tests.Listening;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace CloudNative.BuildingBlocks.Tests.Faults;

/// <summary>A fault reporter over a publisher that remembers.</summary>
internal sealed class Reporting
{
    public RememberingPublisher Published { get; } = new();

    public ValueTask ReportAsync(string originalType, byte[]? original = null) =>
        new FaultReporter(Published, Options.Create(new PublishingOptions()), new FakeTimeProvider())
            .ReportAsync(new Fault("orders", FaultStage.Handle, "no", "e-1", originalType, "k", 0, original), "{}"u8.ToArray(), TestContext.Current.CancellationToken);
}
