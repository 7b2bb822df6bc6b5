using CloudNative.BuildingBlocks.Entities;

namespace CloudNative.ThingsBff.DeletingAThing;

/// <summary>Deletes a thing; of one that is not there nothing is changed and nothing told. <paramref name="ExpectedVersion"/> null: any.</summary>
internal sealed record DeleteThing(string Id, int? ExpectedVersion, string? ClientMutationId)
{
    /// <summary>Why the command can never succeed, or null.</summary>
    public string? Refusal() =>
        ThingText.RefuseKey("id", Id)
        ?? Expectation.Refuse(ExpectedVersion)
        ?? (ClientMutationId is null ? null : ThingText.RefuseKey("clientMutationId", ClientMutationId));

    public Mutation<Thing> ToMutation() => new(Id, Decide, ClientMutationId, Fingerprint());

    public Decision<Thing> Decide(Versioned<Thing>? current)
    {
        if (Expectation.Conflict(ExpectedVersion, current) is { } reason)
            return new Decision<Thing>.Conflict(reason);
        return current is null ? new Decision<Thing>.Nothing() : new Decision<Thing>.Delete();
    }

    private string Fingerprint() => ClientMutationId is null
        ? ""
        : RequestFingerprint.Of("deleteThing", Id, Expectation.Text(ExpectedVersion));
}
