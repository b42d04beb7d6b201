namespace Brink.Zoo.Datasets;

/// <summary>Selects equal shares of classes.</summary>
internal static class Balance
{
    /// <summary>Returns the places of n/c samples of each of c classes, the first of each in file order, one class after the
    /// other. The first n mod c classes have one more.</summary>
    /// <exception cref="InvalidDataException">A class has too few samples for its share.</exception>
    public static IEnumerable<int> Places(IReadOnlyList<byte> labels, int n, IReadOnlyList<int> classes)
    {
        return classes.SelectMany((label, k) =>
        {
            var share = (n / classes.Count) + (k < n % classes.Count ? 1 : 0);
            var places = Enumerable.Range(0, labels.Count)
                .Where(i => labels[i] == label)
                .Take(share)
                .ToArray();
            return places.Length == share ? places : throw new InvalidDataException(
                $"{n} samples need {share} of class {label}; the set has {places.Length} of that class");
        });
    }
}
