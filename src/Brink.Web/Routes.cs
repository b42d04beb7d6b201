using Brink.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Brink.Web;

/// <summary>The addresses of the server (docs/reference/server.md).</summary>
internal static class Routes
{
    public static void Map(IEndpointRouteBuilder routes, string root)
    {
        var list = new RunList(root);
        routes.MapGet("/", () => Results.Content(Assets.Shell, "text/html; charset=utf-8"));
        routes.MapGet("/assets/{name}", (string name) =>
            Assets.Find(name) is { } asset ? Results.Content(asset.Text, asset.Type) : Results.NotFound());
        routes.MapGet("/api/runs", () => Results.Json(list.Read(), RunJson.Options));
        routes.MapGet("/api/runs/events", (CancellationToken cancellation) =>
            TypedResults.ServerSentEvents(ListStream.Of(list, cancellation)));
        routes.MapGet("/api/events", (string[] run, HttpContext context, string? after, CancellationToken cancellation) =>
            Answered(list, run, folders => TypedResults.ServerSentEvents(new RunStream(
                new FollowedRuns(folders), context.Request.Headers["Last-Event-ID"] is [{ } last] ? last : after).Events(cancellation))));
        routes.MapGet("/api/figure", (string[] run, string name, double from, double to) =>
            Answered(list, run, folders => FigureAnswer.Data(folders, name, new(from, to))));
        foreach (var format in (string[])[".svg", ".png"])
        {
            routes.MapGet("/api/figure" + format, (string[] run, string name, [AsParameters] FigureLook look) =>
                Answered(list, run, folders => FigureAnswer.Image(folders, name, format, look)));
        }
    }

    /// <summary>Answers a request for runs by their ids: the names of their folders.</summary>
    private static IResult Answered(RunList list, string[] ids, Func<IReadOnlyList<string>, IResult> answer)
    {
        try
        {
            if (ids.Length == 0) return Fault("name a run: ?run=ID", StatusCodes.Status400BadRequest);
            return answer([.. ids.Select(id => list.Find(id) ?? throw new RunStoreException($"{id}: no such run"))]);
        }
        catch (RunStoreException e)
        {
            return Fault(e.Message, StatusCodes.Status404NotFound);
        }
    }

    private static IResult Fault(string reason, int status) => Results.Json(new { Error = reason }, RunJson.Options, statusCode: status);
}
