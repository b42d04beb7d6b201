namespace Brink.Landscapes;

/// <summary>Search for the least parameter at which the late iterates of a family of maps show a property.</summary>
internal static class AttractorChange
{
    // Each round refines to one part of the last range.
    private const int Parts = 64, Rounds = 4;

    /// <param name="family">Family of maps.</param>
    /// <param name="spec">Range and iterates; the number of parameters is not used.</param>
    /// <param name="shows">Returns true if late iterates show the property.</param>
    /// <returns>The parameter, to a 16-millionth of the range; null where none shows the property.</returns>
    public static double? First<TFamily>(TFamily family, BifurcationSpec spec, Func<double[], bool> shows)
        where TFamily : struct, IMapFamily
    {
        for (var round = 0; round < Rounds; round++)
        {
            var diagram = BifurcationDiagram.Of(family, spec with { Parameters = Parts + 1 });
            var first = diagram.Iterates.Index().FirstOrDefault(at => shows(at.Item), (Index: -1, Item: [])).Index;
            if (first < 0) return null;
            if (first == 0) return diagram.Parameters[0];
            spec = spec with { From = diagram.Parameters[first - 1], To = diagram.Parameters[first] };
        }
        return spec.To;
    }
}
