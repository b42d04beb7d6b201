using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Brink.Browser.Tests;

/// <summary>Reads events of a server as a script would.</summary>
internal sealed class EventReader : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _client;
    private readonly IAsyncEnumerator<SseItem<string>> _events;

    private EventReader(HttpClient client, Stream stream) =>
        (_client, _events) = (client, SseParser.Create(stream).EnumerateAsync().GetAsyncEnumerator());

    /// <summary>Id of the last event.</summary>
    public string? LastId { get; private set; }

    public static async Task<EventReader> Of(Uri address, string? after = null)
    {
        var client = new HttpClient();
        if (after is not null) client.DefaultRequestHeaders.Add("Last-Event-ID", after);
        return new(client, await client.GetStreamAsync(address));
    }

    /// <summary>Returns the next event of one of some kinds.</summary>
    public async Task<(string Kind, JsonElement Data)> Next(params string[] kinds)
    {
        while (await _events.MoveNextAsync().AsTask().WaitAsync(Patience))
        {
            var item = _events.Current;
            if (!string.IsNullOrEmpty(item.EventId)) LastId = item.EventId;
            if (kinds.Contains(item.EventType)) return (item.EventType, JsonDocument.Parse(item.Data).RootElement);
        }
        throw new InvalidOperationException("the stream has ended");
    }

    public async ValueTask DisposeAsync()
    {
        // A read may be waiting: the connection ends it.
        _client.Dispose();
        await ValueTask.CompletedTask;
    }
}
