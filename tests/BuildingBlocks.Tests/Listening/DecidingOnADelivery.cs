using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.Hosting;
using CloudNative.BuildingBlocks.Listening;
using CloudNative.BuildingBlocks.State;
using Dapr;
using Grpc.Core;

namespace CloudNative.BuildingBlocks.Tests.Listening;

public sealed class DecidingOnADelivery
{
    [Theory]
    [InlineData("Done", 1, false, "Acknowledge")]
    [InlineData("Done", 99, false, "Acknowledge")]
    [InlineData("Unreadable", 1, false, "Acknowledge")]
    [InlineData("Unreadable", 1, true, "FaultThenAcknowledge")]
    [InlineData("NeverSucceeds", 1, false, "FaultThenAcknowledge")]
    [InlineData("UnknownError", 1, false, "Retry")]
    [InlineData("UnknownError", 9, false, "Retry")]
    [InlineData("UnknownError", 10, false, "FaultThenAcknowledge")]
    [InlineData("UnknownError", 11, true, "FaultThenAcknowledge")]
    [InlineData("DependencyAway", 1, false, "Retry")]
    [InlineData("DependencyAway", 1_000_000, true, "Retry")]
    public void follows_outcome_and_attempt(string outcome, int attempt, bool faultsUnreadable, string action) =>
        DeliveryDecision.Decide(Enum.Parse<HandlingOutcome>(outcome), attempt, new ListenerOptions { FaultsUnreadable = faultsUnreadable })
            .ShouldBe(Enum.Parse<DeliveryAction>(action));

    public static TheoryData<Exception, string> Failures => new()
    {
        { new UnprocessableEventException("no"), "NeverSucceeds" },
        { new StateStoreException("no"), "DependencyAway" },
        { new EventPublishException("no"), "DependencyAway" },
        { new DependencyUnavailableException("no"), "DependencyAway" },
        { new HttpRequestException("no"), "DependencyAway" },
        { new HttpRequestException("no", null, System.Net.HttpStatusCode.NotFound), "UnknownError" },
        { new DaprException("no", new RpcException(new Status(StatusCode.Unavailable, ""))), "DependencyAway" },
        { new DaprException("no", new RpcException(new Status(StatusCode.InvalidArgument, ""))), "UnknownError" },
        { new InvalidOperationException("no"), "UnknownError" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void tells_what_never_works_from_what_is_away(Exception failure, string outcome) =>
        FailureClass.Of(failure).ShouldBe(Enum.Parse<HandlingOutcome>(outcome));

    [Fact]
    public void counts_attempts_itself_where_the_broker_does_not()
    {
        var attempts = new DeliveryAttempts();
        attempts.CountFailure("a").ShouldBe(1);
        attempts.CountFailure("b").ShouldBe(1);
        attempts.CountFailure("a").ShouldBe(2);

        attempts.Forget("a");

        attempts.CountFailure("a").ShouldBe(1);
    }
}
