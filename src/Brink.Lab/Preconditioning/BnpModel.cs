namespace Brink.Lab;

/// <summary>The network of a BNP study.</summary>
public enum BnpModel
{
    /// <summary>Three hidden layers of 100 ReLUs.</summary>
    Mlp,

    /// <summary>Two convolutions of 8 and 16 channels, each with ReLU and average pooling, and a dense layer.</summary>
    Cnn,
}
