using CloudNative.BuildingBlocks.Entities;
using CloudNative.BuildingBlocks.Events;

namespace CloudNative.ThingsBff.SavingAThing;

/// <summary>
/// Creates a thing or replaces its fields. <paramref name="Id"/> null: one is made. <paramref name="KeepsDescription"/>: the
/// description was left out, so the one there is survives; given as null it is cleared. <paramref name="ExpectedVersion"/> null:
/// any version; 0: the thing must not exist now.
/// </summary>
internal sealed record SaveThing(
    string? Id,
    string Name,
    string? Description,
    bool KeepsDescription,
    int? ExpectedVersion,
    string? ClientMutationId)
{
    /// <summary>Why the command can never succeed, or null.</summary>
    public string? Refusal() =>
        (Id is null ? null : ThingText.RefuseKey("id", Id))
        ?? ThingText.RefuseShort("name", Name)
        ?? (Description is null ? null : ThingText.RefuseAny("description", Description))
        ?? Expectation.Refuse(ExpectedVersion)
        ?? (ClientMutationId is null ? null : ThingText.RefuseKey("clientMutationId", ClientMutationId));

    public Mutation<Thing> ToMutation()
    {
        // A retry under the same mutation id must meet the thing the first try made, so its id follows from the mutation id.
        var id = Id ?? (ClientMutationId is null ? Guid.NewGuid().ToString() : NameBasedId.From("saveThing", ClientMutationId));
        return new Mutation<Thing>(id, current => Decide(id, current), ClientMutationId, Fingerprint());
    }

    public Decision<Thing> Decide(string id, Versioned<Thing>? current)
    {
        if (Expectation.Conflict(ExpectedVersion, current) is { } reason)
            return new Decision<Thing>.Conflict(reason);
        var next = new Thing(id, Name, KeepsDescription ? current?.Value.Description : Description);
        return next == current?.Value ? new Decision<Thing>.Nothing() : new Decision<Thing>.Save(next);
    }

    private string Fingerprint() => ClientMutationId is null
        ? ""
        : RequestFingerprint.Of("saveThing", Id, Name, Description, KeepsDescription ? "keep" : "set", Expectation.Text(ExpectedVersion));
}
