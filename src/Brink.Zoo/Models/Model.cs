namespace Brink.Zoo.Models;

/// <summary>A network as a function of one flat parameter vector theta [p].</summary>
public abstract record Model
{
    /// <summary>The named parameters that theta holds.</summary>
    public abstract ParameterLayout Layout { get; }

    /// <summary>p.</summary>
    public long Dimension => Layout.Dimension;

    /// <summary>theta [p] in float64, as the layout says.</summary>
    public Tensor Initial(long seed) => Layout.Initial(seed);

    /// <summary>theta [p] and inputs [n,...] to outputs [n,c].</summary>
    public abstract Tensor Outputs(Tensor theta, Tensor inputs);
}
