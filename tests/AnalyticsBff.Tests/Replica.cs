using System.Text;
using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.State;
using Microsoft.Extensions.Options;

namespace CloudNative.AnalyticsBff.Tests;

/// <summary>One process of the service without its HTTP: what it knows goes with it, what it counted stays in the store.</summary>
internal sealed class Replica
{
    private readonly CountingRules rules;
    private readonly ViewWriter writer;
    private readonly TotalsReader reader;
    private readonly TimeProvider time;

    public Replica(IStateStore store, TimeProvider time)
    {
        this.time = time;
        var options = Options.Create(new AnalyticsOptions());
        var views = new ViewSet(store, time);
        var catalogue = new ViewCatalogue(store);
        rules = new CountingRules(new TypeFilter(options), options);
        writer = new ViewWriter(catalogue, new CounterBatch(store, views, new Enrolment(store), new RawEvents(store, options, time), options, time));
        reader = new TotalsReader(store, catalogue, views);
    }

    /// <summary>Delivers documents at one moment; answers those that are to come again.</summary>
    public async Task<IReadOnlyList<string>> DeliverAsync(IReadOnlyList<string> documents, CancellationToken cancellationToken)
    {
        var batch = documents.Select(document => (Document: document, Pending: Pending(document))).ToList();
        try
        {
            await writer.CountAsync([.. batch.Select(b => b.Pending)], cancellationToken);
        }
        catch (StateStoreException)
        {
            return documents;
        }

        var again = new List<string>();
        foreach (var (document, pending) in batch)
        {
            try
            {
                await pending.WaitAsync(cancellationToken);
            }
            catch (StateStoreException)
            {
                again.Add(document);
            }
        }

        return again;
    }

    /// <summary>Every row, page by page.</summary>
    public async Task<IReadOnlyList<TotalsRow>> RowsAsync(int limit, CancellationToken cancellationToken)
    {
        var rows = new List<TotalsRow>();
        TotalsPosition? after = null;
        do
        {
            var page = await reader.ReadAsync(new TotalsQuery(null, null, null, limit, null), after, cancellationToken);
            rows.AddRange(page.Rows);
            after = page.Next;
        }
        while (after is not null);
        return rows;
    }

    private PendingEvent Pending(string document)
    {
        var read = DeliveredEventReader.Read(Encoding.UTF8.GetBytes(document), new DeliveryMetadata()).ShouldBeOfType<DeliveredEvent.Readable>();
        return new PendingEvent(read.Document, rules.Of(read.Document, time.GetUtcNow()).ShouldNotBeNull());
    }
}
